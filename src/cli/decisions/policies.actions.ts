import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { parse, stringify } from 'yaml';
import { fetchSystem, listSystemFacts } from '../../app/connections/systems.ts';
import type { Reconsidered, ReconsideredKind } from '../../app/outbound/reconsider.ts';
import { toFile } from '../../app/policies/policy-file.ts';
import { editPolicies, fetchPolicies, tryPolicies, type PolicyEdit } from '../../app/policies/policies.ts';
import { TielineError, messageOf } from '../../errors/tieline-error.ts';
import {
  conflictStrategies,
  syncDirections,
  type ApprovalScope,
  type ConflictStrategy,
  type EntityPolicy,
  type SyncDirection,
} from '../../model/policy.ts';
import { severities, type Severity } from '../../model/vocabulary.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import { entityWord } from '../kit/entity-word.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';

export function addPoliciesCommands(program: Command, context: CommandContext): void {
  const policies = program
    .command('policies')
    .description('which way values may go, and who gives way when both sides edited');

  policies
    .command('list [system]', { isDefault: true })
    .description('the policies of an external system, or of all')
    .action(async (name: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const rows = await context.host.withApp(flags, async (app) => {
        const systems = name === undefined ? await listSystemFacts(app) : [{ name }];
        const found: (EntityPolicy & { system: string })[] = [];
        for (const { name: system } of systems)
          for (const policy of await fetchPolicies(app.db, (await fetchSystem(app, system)).id))
            found.push({ system, ...policy });
        return found;
      });
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0)
        context.print(
          'None: everything goes both ways, and a person decides what both sides edited differently.',
        );
      else
        context.print(
          fittedTable(
            ['SYSTEM', 'ENTITY', 'FIELD', 'DIRECTION', 'STRATEGY', 'APPROVAL'],
            rows.flatMap((row) => [
              [
                row.system,
                row.entity,
                '',
                row.direction ?? '(as above)',
                row.strategy ?? (row.entity === '*' ? 'manual' : '(as above)'),
                approvalText(row.entity, row.approval),
              ],
              ...Object.entries(row.fields).map(([field, policy]) => [
                row.system,
                row.entity,
                field,
                policy.direction ?? '(as above)',
                policy.strategy ?? '(as above)',
                '',
              ]),
            ]),
            widthOf(context.host.terminal),
          ),
        );
    });

  policies
    .command('set <system> <entity> [field]')
    .description('change the policy of an entity (* for all), or of one field of it')
    .addOption(new Option('--direction <direction>', 'which way values may go').choices([...syncDirections]))
    .addOption(new Option('--strategy <strategy>', 'who gives way').choices([...conflictStrategies]))
    .addOption(
      new Option('--approval <when>', 'whether a person must agree before a change goes out').choices([
        'always',
        'never',
      ]),
    )
    .option(
      '--approval-field <field>',
      'only for changes of this field; may be given more than once',
      several,
    )
    .addOption(
      new Option('--approval-severity <severity>', 'only for this severity; may be given more than once')
        .choices([...severities])
        .argParser(severityNamed),
    )
    .option('--yes', 'do not ask before changes that wait are released', false)
    .action(async (name: string, entity: string, field: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<
        EditFlags & ApprovalFlags & { direction?: SyncDirection; strategy?: ConflictStrategy }
      >();
      const approval = approvalOf(flags);
      if (field !== undefined && approval !== undefined)
        throw new TielineError('USAGE', 'Approval is asked for by the policy of an entity.', {
          fields: [{ field, message: `leave it out, and name it with --approval-field ${field}` }],
        });
      if (flags.direction === undefined && flags.strategy === undefined && approval === undefined)
        throw new TielineError('USAGE', 'Nothing to set.', {
          fields: [{ field: '--direction', message: '--strategy or --approval must be given' }],
        });
      await edit(context, flags, name, {
        do: 'change',
        change: {
          entity,
          ...(field === undefined ? {} : { field }),
          ...(flags.direction === undefined ? {} : { direction: flags.direction }),
          ...(flags.strategy === undefined ? {} : { strategy: flags.strategy }),
          ...(approval === undefined ? {} : { approval }),
        },
      });
    });

  policies
    .command('unset <system> <entity>')
    .description('remove the policy of an entity; what is above it then holds')
    .option('--yes', 'do not ask before changes that wait are released', false)
    .action(async (name: string, entity: string, _options, command: Command) => {
      await edit(context, command.optsWithGlobals<EditFlags>(), name, { do: 'forget', entity });
    });

  policies
    .command('export <system>')
    .description('the policies as YAML')
    .action(async (name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const rows = await context.host.withApp(flags, async (app) =>
        fetchPolicies(app.db, (await fetchSystem(app, name)).id),
      );
      if (flags.json) context.printJson(toFile(rows));
      else context.printWhole(stringify(toFile(rows)).trimEnd());
    });

  policies
    .command('import <system> <file>')
    .description('make the policies exactly those of a YAML file; nothing is changed if one of them is wrong')
    .option('--yes', 'do not ask before changes that wait are released', false)
    .action(async (name: string, path: string, _options, command: Command) => {
      const file = await readYaml(path);
      await edit(context, command.optsWithGlobals<EditFlags>(), name, { do: 'replace', file });
    });
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
    const { waiting } = await tryPolicies(app.pool, system, edited);
    if (waiting.released.length > 0) {
      const question = releaseQuestion(name, waiting.released);
      if (!(await confirmed(context, flags, question))) return undefined;
    }
    return editPolicies(app.pool, system, edited);
  });
  if (!outcome) return;
  if (flags.json) {
    context.printJson({ policies: outcome.policies, waiting: outcome.waiting });
    return;
  }
  context.print(`Saved. It holds from now on: tieline policies list ${name}`);
  for (const line of waitingLines(outcome.waiting, name)) context.print(line);
}

function releaseQuestion(name: string, released: readonly ReconsideredKind[]): string {
  const [waits, it] = sum(released) === 1 ? ['waits', 'it'] : ['wait', 'them'];
  return `${kindsText(released)} ${waits} for approval: this policy releases ${it}, and the next sync sends ${it} to ${name}.`;
}

const sum = (kinds: readonly ReconsideredKind[]): number => kinds.reduce((total, { n }) => total + n, 0);

function kindsText(kinds: readonly ReconsideredKind[]): string {
  return kinds
    .map(({ entity, kind, n }) => `${n} ${kind === 'create' ? 'new ' : ''}${entityWord(entity, n)}`)
    .join(', ');
}

function waitingLines(waiting: Reconsidered, name: string): string[] {
  const line = (kinds: readonly ReconsideredKind[], end: string): string[] =>
    kinds.length === 0 ? [] : [`${kindsText(kinds)}: ${end}`];
  return [
    ...line(waiting.released, `released; sent to ${name} with the next sync`),
    ...line(waiting.held, 'held for approval; the next sync asks for it (tieline approvals list)'),
    ...line(
      waiting.withdrawn,
      `withdrawn; no policy lets ${sum(waiting.withdrawn) === 1 ? 'it' : 'them'} out any more`,
    ),
  ];
}

interface ApprovalFlags {
  readonly approval?: 'always' | 'never';
  readonly approvalField?: string[];
  readonly approvalSeverity?: Severity[];
}

const several = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function severityNamed(text: string, before: Severity[] | undefined): Severity[] {
  const severity = severities.find((each) => each.toLowerCase() === text.toLowerCase());
  if (!severity)
    throw new TielineError('USAGE', `"${text}" is not a severity.`, {
      fields: [{ field: '--approval-severity', message: `must be one of ${severities.join(', ')}` }],
    });
  return [...(before ?? []), severity];
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
  return { ...(fields ? { fields } : {}), ...(named ? { severities: named } : {}) };
}

function approvalText(entity: string, approval: ApprovalScope | null | undefined): string {
  if (approval === undefined) return entity === '*' ? 'never' : '(as above)';
  if (approval === null) return 'never';
  const parts = [approval.fields?.join(', '), approval.severities?.join(', ')].filter(
    (part) => part !== undefined,
  );
  return parts.length === 0 ? 'always' : parts.join('; ');
}

/** @throws TielineError USAGE that says where it is not YAML. */
async function readYaml(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TielineError('USAGE', `${path} could not be read: ${messageOf(cause)}`, { cause });
  });
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
