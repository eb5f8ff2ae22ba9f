/** `poams import`, `poams imports`: POA&Ms out of files. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { everywhere } from '../../../canonical/access/index.ts';
import {
  approvePoamImport,
  discardPoamImport,
  fetchPoamImport,
  listPoamImports,
  planPoamFile,
  type PoamImport,
  type PoamImportState,
} from '../../../modules/poam-files/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { importLines, poamImportLines } from './poam-import.view.ts';

interface ImportFlags extends GlobalFlags {
  readonly boundary?: string;
  readonly newBoundary?: string;
  readonly source?: string;
  readonly acceptMissing: boolean;
  readonly yes: boolean;
}

const operator = (name: string) => ({ name, scope: everywhere });

async function bytesOf(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile()) throw new TielineError('USAGE', `${path} is not a file.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof TielineError) throw error;
    throw new TielineError('USAGE', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

export async function importPoams(
  context: CommandContext,
  flags: ImportFlags,
  [path]: readonly [string],
): Promise<void> {
  const bytes = await bytesOf(path);
  const by = operator(accountName());
  const { boundary, newBoundary, source, acceptMissing } = flags;
  const brought = {
    name: basename(path),
    bytes,
    boundary,
    newBoundary,
    source,
    acceptMissing,
    way: 'command',
  } as const;
  const done = await context.host.withApp(flags, async (app) => {
    const planned = await planPoamFile(app, brought, by);
    return flags.yes && planned.state === 'planned' ? approvePoamImport(app, by, planned.id) : planned;
  });
  tell(context, flags, done);
}

/** 3 where something waits for a person: the plan, a conflict, what is missing, a held row. */
function tell(context: CommandContext, flags: GlobalFlags, done: PoamImport): void {
  const { conflicts = 0, missing = 0 } = done.counts ?? {};
  if (done.state === 'planned' || done.held + conflicts + missing > 0) context.result.exitCode = 3;
  if (flags.json) context.printJson('poamImport', done);
  else context.print(poamImportLines(done, context.width).join('\n'));
}

export async function listImports(
  context: CommandContext,
  flags: GlobalFlags & { readonly state?: PoamImportState; readonly limit: number },
): Promise<void> {
  const rows = await context.host.withApp(flags, ({ db }) =>
    listPoamImports(
      db,
      { scope: everywhere, principalId: undefined },
      { limit: flags.limit, state: flags.state },
    ),
  );
  if (flags.json) context.printJson('poamImportRows', rows);
  else context.print(importLines(rows, context.width).join('\n'));
}

export async function showImport(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  tell(
    context,
    flags,
    await context.host.withApp(flags, (app) =>
      fetchPoamImport(app, { scope: everywhere, principalId: undefined }, id),
    ),
  );
}

export async function approveImport(
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> {
  tell(
    context,
    flags,
    await context.host.withApp(flags, (app) => approvePoamImport(app, operator(decider(flags).by), id)),
  );
}

export async function discardImport(
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> {
  tell(
    context,
    flags,
    await context.host.withApp(flags, (app) => discardPoamImport(app, operator(decider(flags).by), id)),
  );
}
