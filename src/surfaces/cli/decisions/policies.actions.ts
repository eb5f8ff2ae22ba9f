/** `policies list|set|unset|export|import`. */
import { parse, stringify } from 'yaml';
import { fetchSystem, listSystemFacts } from '../../../engine/connections/index.ts';
import {
  editPolicies,
  fetchPolicies,
  listDatedPolicies,
  type PolicyEdit,
  toFile,
  tryPolicies,
} from '../../../engine/policies/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { localOperator } from '../../../canonical/access/index.ts';
import {
  type ApprovalScope,
  type ConflictStrategy,
  policyFilterOf,
  type SyncDirection,
} from '../../../canonical/policy/index.ts';
import type { Severity } from '../../../canonical/vocabulary/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import { readNamedFile } from '../kit/flags.ts';
import { policiesTable, releaseQuestion, savedLine, waitingLines, type PolicyRow } from './policies.view.ts';

export async function listPolicies(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string | undefined],
): Promise<void> {
  const rows = await context.host.withApp(flags, async (app) => {
    const systems = name === undefined ? await listSystemFacts(app) : [{ name }];
    const found: PolicyRow[] = [];
    for (const { name: system } of systems)
      for (const policy of await listDatedPolicies(app.db, (await fetchSystem(app, system)).id))
        found.push({ system, ...policy });
    return found;
  });
  if (flags.json) context.printJson('policyList', rows);
  else if (rows.length === 0)
    context.print(
      'No policies: values go both ways, and a person decides what both sides edited differently.',
    );
  else context.print(policiesTable(rows, context.width));
}

type SetFlags = EditFlags &
  ApprovalFlags & {
    readonly direction?: SyncDirection;
    readonly strategy?: ConflictStrategy;
    readonly filter?: string;
  };

export async function setPolicy(
  context: CommandContext,
  flags: SetFlags,
  [name, entity, field]: readonly [string, string, string | undefined],
): Promise<void> {
  const approval = approvalOf(flags);
  const { direction, strategy } = flags;
  if (field !== undefined && approval !== undefined)
    throw new TielineError('USAGE', 'Approval is asked for by the policy of an entity.', {
      fields: [{ field, message: `leave it out, and name it with --approval-field ${field}` }],
    });
  if (field !== undefined && flags.filter !== undefined)
    throw new TielineError('USAGE', 'A filter is given to the policy of an entity.', {
      fields: [{ field, message: 'leave it out: its fields follow the filter of their entity' }],
    });
  const filter = flags.filter === undefined ? undefined : policyFilterOf(flags.filter);
  if ((direction ?? strategy ?? filter) === undefined && approval === undefined)
    throw new TielineError('USAGE', 'Nothing to set.', {
      fields: [{ field: '--direction', message: '--strategy, --approval or --filter must be given' }],
    });
  const change = { entity, ...defined({ field, direction, strategy, approval, filter }) };
  await edit(context, flags, name, { do: 'change', change });
}

export async function unsetPolicy(
  context: CommandContext,
  flags: EditFlags,
  [name, entity]: readonly [string, string],
): Promise<void> {
  await edit(context, flags, name, { do: 'forget', entity });
}

export async function exportPolicies(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  const rows = await context.host.withApp(flags, async (app) =>
    fetchPolicies(app.db, (await fetchSystem(app, name)).id),
  );
  if (flags.json) context.printJson('policyFile', toFile(rows));
  else context.printWhole(stringify(toFile(rows)).trimEnd());
}

export async function importPolicies(
  context: CommandContext,
  flags: EditFlags,
  [name, path]: readonly [string, string],
): Promise<void> {
  await edit(context, flags, name, { do: 'replace', file: await readYaml(path) });
}

interface EditFlags extends GlobalFlags {
  readonly yes: boolean;
}

/** Says what the edit does to changes that wait, asks before any of them is released, and saves. */
async function edit(
  context: CommandContext,
  flags: EditFlags,
  name: string,
  edited: PolicyEdit,
): Promise<void> {
  const outcome = await context.host.withApp(flags, async (app) => {
    const { id } = await fetchSystem(app, name);
    const system = { id, name };
    const { waiting } = await tryPolicies(app.store, system, edited);
    if (waiting.released.length > 0) {
      const question = releaseQuestion(name, waiting.released);
      if (!(await confirmed(context, flags, question))) return undefined;
    }
    return editPolicies(app.store, system, edited, { way: 'local', actor: localOperator(accountName()) });
  });
  if (!outcome) return;
  if (flags.json) {
    context.printJson('policiesChanged', { policies: outcome.policies, waiting: outcome.waiting });
    return;
  }
  context.print(savedLine(name));
  for (const line of waitingLines(outcome.waiting, name)) context.print(line);
}

interface ApprovalFlags {
  readonly approval?: 'always' | 'never';
  readonly approvalField?: string[];
  readonly approvalSeverity?: Severity[];
}

/** undefined: nothing was said about approval. */
function approvalOf(flags: ApprovalFlags): ApprovalScope | null | undefined {
  const { approvalField: fields, approvalSeverity: named } = flags;
  if (flags.approval === 'never') {
    if (fields ?? named)
      throw new TielineError('USAGE', 'Approval cannot be asked never and for something.', {
        fields: [
          { field: '--approval never', message: 'goes with no --approval-field or --approval-severity' },
        ],
      });
    return null;
  }
  if (flags.approval === undefined && !fields && !named) return undefined;
  return defined({ fields, severities: named });
}

/** @throws TielineError USAGE that says where it is not YAML. */
async function readYaml(path: string): Promise<unknown> {
  const text = await readNamedFile(path);
  try {
    return parse(text);
  } catch (cause) {
    const where = messageOf(cause).split('\n', 1)[0]?.replace(/:$/, '.') ?? '';
    throw new TielineError('USAGE', `${path} is not YAML: ${where}`, {
      cause,
      remedy:
        'Correct the file; nothing was changed. `tieline policies export` writes one of the right form.',
    });
  }
}
