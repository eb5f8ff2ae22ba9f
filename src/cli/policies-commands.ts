import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { parse, stringify } from 'yaml';
import { fetchSystem } from '../app/connections/systems.ts';
import { changePolicy, fetchPolicies, forgetPolicy, importPolicies } from '../app/policies/policies.ts';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import {
  conflictStrategies,
  syncDirections,
  type ApprovalScope,
  type ConflictStrategy,
  type SyncDirection,
} from '../model/policy.ts';
import { severities, type Severity } from '../model/vocabulary.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { table } from './table.ts';

export function addPoliciesCommands(program: Command, context: CommandContext): void {
  const policies = program
    .command('policies')
    .description('which way values may go, and who gives way when both sides edited');

  policies
    .command('list <system>')
    .description('the policies of an external system')
    .action(async (name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const rows = await context.host.withApp(flags, async (app) =>
        fetchPolicies(app.db, (await fetchSystem(app, name)).id),
      );
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0)
        context.print(
          'None: everything goes both ways, and a person decides what both sides edited differently.',
        );
      else
        context.print(
          table(
            ['ENTITY', 'FIELD', 'DIRECTION', 'STRATEGY', 'APPROVAL'],
            rows.flatMap((row) => [
              [row.entity, '', row.direction, row.strategy, approvalText(row.approval)],
              ...Object.entries(row.fields).map(([field, policy]) => [
                row.entity,
                field,
                policy.direction ?? '(as above)',
                policy.strategy ?? '(as above)',
                '',
              ]),
            ]),
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
    .action(async (name: string, entity: string, field: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & ApprovalFlags & { direction?: SyncDirection; strategy?: ConflictStrategy }
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
      const policy = await context.host.withApp(flags, async (app) =>
        changePolicy(app.db, (await fetchSystem(app, name)).id, {
          entity,
          ...(field === undefined ? {} : { field }),
          ...(flags.direction === undefined ? {} : { direction: flags.direction }),
          ...(flags.strategy === undefined ? {} : { strategy: flags.strategy }),
          ...(approval === undefined ? {} : { approval }),
        }),
      );
      if (flags.json) context.printJson(policy);
      else context.print(`Saved. It holds from the next sync on: tieline policies list ${name}`);
    });

  policies
    .command('unset <system> <entity>')
    .description('take the policy of an entity away; what is above it then holds')
    .action(async (name: string, entity: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const had = await context.host.withApp(flags, async (app) =>
        forgetPolicy(app.db, (await fetchSystem(app, name)).id, entity),
      );
      if (flags.json) context.printJson({ removed: had });
      else context.print(had ? 'Taken away.' : 'There was none.');
    });

  policies
    .command('export <system>')
    .description('the policies as YAML')
    .action(async (name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const rows = await context.host.withApp(flags, async (app) =>
        fetchPolicies(app.db, (await fetchSystem(app, name)).id),
      );
      const file = Object.fromEntries(rows.map(({ entity, ...policy }) => [entity, policy]));
      if (flags.json) context.printJson(file);
      else context.print(stringify(file).trimEnd());
    });

  policies
    .command('import <system> <file>')
    .description('make the policies exactly those of a YAML file; nothing is changed if one of them is wrong')
    .action(async (name: string, path: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const file = await readYaml(path);
      const rows = await context.host.withApp(flags, async (app) =>
        importPolicies(app.db, (await fetchSystem(app, name)).id, file),
      );
      if (flags.json) context.printJson(rows);
      else context.print(`${rows.length} policies hold from the next sync on.`);
    });
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
    throw new TielineError('USAGE', `"${text}" is no severity.`, {
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

function approvalText(approval: ApprovalScope | undefined): string {
  if (!approval) return 'no';
  const parts = [approval.fields?.join(', '), approval.severities?.join(', ')].filter(
    (part) => part !== undefined,
  );
  return parts.length === 0 ? 'always' : parts.join('; ');
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TielineError('USAGE', `${path} could not be read: ${messageOf(cause)}`, { cause });
  }
}
