import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { parse, stringify } from 'yaml';
import { fetchSystem } from '../app/connections/systems.ts';
import { changePolicy, fetchPolicies, forgetPolicy, importPolicies } from '../app/policies/policies.ts';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import {
  conflictStrategies,
  syncDirections,
  type ConflictStrategy,
  type SyncDirection,
} from '../model/policy.ts';
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
            ['ENTITY', 'FIELD', 'DIRECTION', 'STRATEGY'],
            rows.flatMap((row) => [
              [row.entity, '', row.direction, row.strategy],
              ...Object.entries(row.fields).map(([field, policy]) => [
                row.entity,
                field,
                policy.direction ?? '(as above)',
                policy.strategy ?? '(as above)',
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
    .action(async (name: string, entity: string, field: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & { direction?: SyncDirection; strategy?: ConflictStrategy }
      >();
      if (flags.direction === undefined && flags.strategy === undefined)
        throw new TielineError('USAGE', 'Nothing to set.', {
          fields: [{ field: '--direction', message: 'or --strategy must be given' }],
        });
      const policy = await context.host.withApp(flags, async (app) =>
        changePolicy(app.db, (await fetchSystem(app, name)).id, {
          entity,
          ...(field === undefined ? {} : { field }),
          ...(flags.direction === undefined ? {} : { direction: flags.direction }),
          ...(flags.strategy === undefined ? {} : { strategy: flags.strategy }),
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

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TielineError('USAGE', `${path} could not be read: ${messageOf(cause)}`, { cause });
  }
}
