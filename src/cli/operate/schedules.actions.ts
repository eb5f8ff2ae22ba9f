import type { Command } from 'commander';
import { findSchedules, removeSchedule, setSchedule } from '../../app/schedules/schedules.ts';
import { TielineError } from '../../errors/tieline-error.ts';
import type { EntityType } from '../../model/entity-type.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { wholeNumber } from '../kit/flags.ts';
import { entityNamed } from '../sync/sync-scope.ts';

const instant = (at: Date | null): string => at?.toISOString().slice(0, 19).replace('T', ' ') ?? '–';

export function addSchedulesCommands(program: Command, context: CommandContext): void {
  const schedules = program.command('schedules').description('when a worker syncs by itself');

  schedules
    .command('list')
    .description('the schedules, with their next time and how the last one went')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const rows = await context.host.withApp(flags, (app) => findSchedules(app));
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0)
        context.print('None yet. For example: tieline schedules set xacta often --cron "*/15 * * * *"');
      else
        context.print(
          fittedTable(
            ['SYSTEM', 'NAME', 'CRON (UTC)', 'READS', 'NEXT (UTC)', 'LAST'],
            rows.map((row) => [
              row.system,
              row.name,
              row.cron,
              `${row.entities.length === 0 ? 'everything' : row.entities.join(', ')}${row.full ? ', in full' : ''}`,
              row.enabled ? instant(row.nextRunAt) : 'off',
              row.lastOutcome ?? '–',
            ]),
            widthOf(context.host.terminal),
          ),
        );
    });

  schedules
    .command('set <system> <name>')
    .description('make a schedule, or change it')
    .requiredOption('--cron <expression>', 'minute hour day month weekday, in UTC')
    .option('--entity <entity>', 'only this entity; may be given more than once', entityNamed)
    .option('--full', 'read everything, which also tells what is missing', false)
    .option('--jitter-seconds <n>', 'up to so many seconds are added at random', wholeNumber(0, 86_400), 60)
    .option('--disable', 'keep it, but do not run it', false)
    .action(async (system: string, name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & {
          cron: string;
          entity?: EntityType[];
          full: boolean;
          jitterSeconds: number;
          disable: boolean;
        }
      >();
      const times = await context.host.withApp(flags, (app) =>
        setSchedule(app, {
          system,
          name,
          cron: flags.cron,
          entities: flags.entity ?? [],
          full: flags.full,
          jitterSeconds: flags.jitterSeconds,
          enabled: !flags.disable,
        }),
      );
      if (flags.json) context.printJson({ system, name, next: times });
      else
        context.print(
          `Saved. Next: ${times.map(instant).join(', ')} UTC, and up to ${flags.jitterSeconds} s later. A worker must run: tieline worker`,
        );
    });

  schedules
    .command('remove <system> <name>')
    .description('take a schedule away')
    .action(async (system: string, name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const had = await context.host.withApp(flags, (app) => removeSchedule(app, system, name));
      if (!had)
        throw new TielineError('USAGE', `${system} has no schedule ${name}.`, {
          remedy: 'List them with `tieline schedules list`.',
        });
      if (flags.json) context.printJson({ removed: true });
      else context.print('Taken away.');
    });
}
