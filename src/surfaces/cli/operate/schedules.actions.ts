/** `schedules list|set|remove`. */
import { entitiesNamed } from '../kit/entity-word.ts';
import { findSchedules, removeSchedule, setSchedule } from '../../../operate/worker/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { secondText } from '../kit/instants.ts';

export async function listSchedules(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findSchedules(app));
  if (flags.json) context.printJson('scheduleList', rows);
  else if (rows.length === 0)
    context.print('No schedules yet. For example: tieline schedules set xacta often --cron "*/15 * * * *"');
  else
    context.print(
      fittedTable(
        ['SYSTEM', 'NAME', 'CRON (UTC)', 'READS', 'NEXT (UTC)', 'LAST'],
        rows.map((row) => [
          row.system,
          row.name,
          row.cron,
          `${row.entities.length === 0 ? 'everything' : row.entities.join(', ')}${row.full ? ', in full' : ''}`,
          row.enabled ? secondText(row.nextRunAt) : 'off',
          row.lastOutcome ?? '–',
        ]),
        context.width,
      ),
    );
}

interface SetFlags extends GlobalFlags {
  readonly cron: string;
  readonly entity?: string[];
  readonly full: boolean;
  readonly jitterSeconds: number;
  readonly disable: boolean;
}

export async function set(
  context: CommandContext,
  flags: SetFlags,
  [system, name]: readonly [string, string],
): Promise<void> {
  const { cron, full, jitterSeconds } = flags;
  const schedule = {
    system,
    name,
    cron,
    full,
    jitterSeconds,
    entities: entitiesNamed(flags.entity),
    enabled: !flags.disable,
  };
  const times = await context.host.withApp(flags, (app) => setSchedule(app, schedule));
  if (flags.json) context.printJson('scheduleSaved', { system, name, next: times });
  else
    context.print(
      `Saved. Next: ${times.map((at) => secondText(at)).join(', ')} UTC, and up to ${jitterSeconds} s later. A worker must run: tieline worker`,
    );
}

export async function remove(
  context: CommandContext,
  flags: GlobalFlags,
  [system, name]: readonly [string, string],
): Promise<void> {
  const had = await context.host.withApp(flags, (app) => removeSchedule(app, system, name));
  if (!had)
    throw new TielineError('USAGE', `${system} has no schedule ${name}.`, {
      remedy: 'List them with `tieline schedules list`.',
    });
  if (flags.json) context.printJson('scheduleRemoved', { removed: true });
  else context.print(`The schedule ${name} of ${system} was removed.`);
}
