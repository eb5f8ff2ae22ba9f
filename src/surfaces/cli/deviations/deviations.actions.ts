/** `deviations …`: asked for, read, decided, taken back. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import { deviationList } from '../../../canonical/lists/index.ts';
import type { DeviationKind, Severity } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  addEvidence,
  checkInVendor,
  countDeviations,
  fetchDeviation,
  fetchEvidence,
  keepEvidence,
  listDeviations,
  readRequest,
  requestDeviation,
  withdrawDeviation,
} from '../../../modules/deviations/index.ts';
import { decideRequest } from '../../../modules/requests/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { filterPairs, parseFilter, parseSort } from '../../../platform/lists/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { Action } from '../kit/command.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import { type DecisionFlags, rowId } from '../kit/flags.ts';
import { decidedLine } from '../decisions/requests/requests.view.ts';
import { writeWhole } from '../lists/write-file.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { writeCsv } from '../lists/write-csv.ts';
import { askedLines, deviationColumns, deviationLines, deviationsTable } from './deviations.view.ts';

export async function list(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const filter = parseFilter(deviationList.filters, filterPairs(flags.filter ?? ''), app.now());
    const sort = parseSort(flags.sort ?? deviationList.defaultSort, deviationList.sorts);
    if (flags.csv) {
      await writeCsv(context, deviationColumns, pages(app, { filter, sort }));
      return;
    }
    const { items } = await listDeviations(app.db, everywhere, { filter, sort, limit: flags.limit });
    const { count: total } = await countDeviations(app.db, everywhere, filter);
    if (flags.json) context.printJson('deviationRows', [...items]);
    else if (items.length === 0) context.print('No deviations match.');
    else context.print(deviationsTable(items, context.width));
    tellCut(context, flags, { rows: [...items], total });
  });
}

type Query = Omit<Parameters<typeof listDeviations>[2], 'limit' | 'after'>;

async function* pages(app: App, query: Query) {
  let after: Parameters<typeof listDeviations>[2]['after'];
  do {
    const page = await listDeviations(app.db, everywhere, { ...query, limit: 500, ...defined({ after }) });
    yield* page.items;
    after = page.next;
  } while (after);
}

export async function show(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const detail = await context.host.withApp(flags, (app) => fetchDeviation(app.db, everywhere, rowId(id)));
  if (flags.json) context.printJson('deviationDetail', detail);
  else for (const line of deviationLines(detail)) context.print(line);
}

function filesOf(app: App): NonNullable<App['files']> {
  if (app.files) return app.files;
  throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
}

/** Keeps a file of this machine. @throws TielineError USAGE if it cannot be read. */
async function kept(
  app: App,
  actor: Actor,
  path: string,
): Promise<{ readonly sha256: string; readonly name: string }> {
  try {
    const { sha256 } = await keepEvidence(app, actor, createReadStream(path));
    return { sha256, name: basename(path) };
  } catch (cause) {
    if (cause instanceof TielineError) throw cause;
    throw new TielineError('USAGE', `${path} could not be read: ${messageOf(cause)}`, { cause });
  }
}

interface RequestFlags extends GlobalFlags {
  readonly kind: DeviationKind;
  readonly rationale: string;
  readonly asset?: string[];
  readonly evidence?: string[];
  readonly compensatingControls?: string;
  readonly until?: string;
  readonly reviewOn?: string;
  readonly adjustedSeverity?: Severity;
  readonly explain?: string[];
  readonly by?: string;
}

const detailFlags = [
  'conditions',
  'proof',
  'impact',
  'acceptedBecause',
  'vectorBefore',
  'vectorAfter',
  'mitigation',
  'product',
  'vendor',
  'checkedIn',
  'contact',
  'expectedFix',
] as const;
type DetailFlags = Partial<Readonly<Record<(typeof detailFlags)[number], string>>>;

/** Of `MAV=why` its two parts. @throws TielineError USAGE. */
function explanations(given: readonly string[] | undefined): Record<string, string> | undefined {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((each) => {
      const at = each.indexOf('=');
      if (at > 0) return [each.slice(0, at).trim().toUpperCase(), each.slice(at + 1).trim()];
      throw new TielineError(
        'USAGE',
        `"${each}" explains no metric. Expected: METRIC=why, such as MAV=adjacent only.`,
      );
    }),
  );
}

/** A field as the flag that gives it. */
const flagOf = (field: string): string =>
  field === 'poam'
    ? '<poam>'
    : field === 'explanations'
      ? '--explain'
      : field === 'assets'
        ? '--asset'
        : `--${field.replace(/^details\./, '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Names fields that are refused as flags. */
async function byFlags<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TielineError) || error.code !== 'DEVIATION_INCOMPLETE') throw error;
    throw new TielineError(error.code, error.message, {
      fields: error.fields.map(({ field, message }) => ({ field: flagOf(field), message })),
      cause: error,
    });
  }
}

export async function request(
  context: CommandContext,
  flags: RequestFlags & DetailFlags,
  [poam]: readonly [string],
): Promise<void> {
  const { kind, rationale, compensatingControls, until, reviewOn, adjustedSeverity } = flags;
  const given = Object.fromEntries(detailFlags.map((name) => [name, flags[name]]));
  const details = defined({ ...given, explanations: explanations(flags.explain) });
  const asked = await context.host.withApp(flags, async (app) => {
    const actor = localOperator(decider(flags).by);
    const evidence = [];
    for (const path of flags.evidence ?? []) evidence.push(await kept(app, actor, path));
    const shape = { kind, poam, rationale, details, evidence };
    const rest = defined({ assets: flags.asset, compensatingControls, until, reviewOn, adjustedSeverity });
    return byFlags(
      (async () => requestDeviation(app, actor, everywhere, readRequest({ ...shape, ...rest })))(),
    );
  });
  if (flags.json) context.printJson('deviationAsked', asked);
  else for (const line of askedLines(asked)) context.print(line);
}

const deciding =
  (approved: boolean): Action<DecisionFlags, readonly [string]> =>
  async (context, flags, [id]) => {
    const { by, reason } = decider(flags);
    const outcome = await context.host.withApp(flags, async (app) => {
      const { approvalId, state } = await fetchDeviation(app.db, everywhere, rowId(id));
      if (approvalId === null || state !== 'requested')
        throw new TielineError('DEVIATION_OVER', `Deviation ${id} is ${state}: nobody is asked.`);
      return decideRequest(app, localOperator(by), everywhere, { id: approvalId, approved, reason });
    });
    if (flags.json) context.printJson('requestDecided', outcome);
    else {
      context.print(decidedLine(outcome));
      if (outcome.status === 'approved')
        context.print('Next: tieline sync run carries it to the other side.');
    }
  };

export const approve = deciding(true);
export const reject = deciding(false);

export async function withdraw(
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> {
  const { by, reason } = decider(flags);
  if (reason === undefined)
    throw new TielineError('USAGE', 'The deviation was not withdrawn.', {
      fields: [{ field: '--reason', message: 'say why: an auditor will ask' }],
    });
  const outcome = await context.host.withApp(flags, (app) =>
    withdrawDeviation(app, { actor: localOperator(by), scope: everywhere }, { id: rowId(id), reason }),
  );
  if (flags.json) context.printJson('deviationChanged', outcome);
  else context.print(`Deviation ${id} is withdrawn. Next: tieline sync run ends it on both sides.`);
}

export async function checkIn(
  context: CommandContext,
  flags: GlobalFlags & { readonly on?: string; readonly by?: string },
  [id, note]: readonly [string, string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) => {
    const on = flags.on ?? app.now().toISOString().slice(0, 10);
    const actor = localOperator(decider(flags).by);
    return byFlags(checkInVendor(app, { actor, scope: everywhere }, { id: rowId(id), on, note }));
  });
  if (flags.json) context.printJson('deviationChanged', outcome);
  else context.print(`Recorded. See: tieline deviations show ${id}`);
}

export async function attach(
  context: CommandContext,
  flags: GlobalFlags & { readonly by?: string },
  [id, path]: readonly [string, string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, async (app) => {
    const actor = localOperator(decider(flags).by);
    const file = await kept(app, actor, path);
    return addEvidence(app, { actor, scope: everywhere }, { id: rowId(id), ...file });
  });
  if (flags.json) context.printJson('deviationChanged', outcome);
  else context.print(`Attached. See: tieline deviations show ${id}`);
}

export async function writeEvidence(
  context: CommandContext,
  flags: GlobalFlags,
  [id, hash, to]: readonly [string, string, string],
): Promise<void> {
  const file = await context.host.withApp(flags, async (app) => {
    const { evidence } = await fetchDeviation(app.db, everywhere, rowId(id));
    const whole = evidence.find(({ sha256 }) => sha256.startsWith(hash.toLowerCase()))?.sha256 ?? hash;
    const { sha256 } = await fetchEvidence(app, everywhere, { id: rowId(id), sha256: whole });
    const { stream, bytes } = await filesOf(app).store.open(sha256);
    await writeWhole(stream, to);
    return { sha256, bytes };
  });
  if (flags.json) context.printJson('keptFile', file);
  else context.print(`${to}: ${file.bytes.toLocaleString('en-US')} bytes, as its SHA-256 says.`);
}
