/** When a worker syncs a system by itself. Cron expressions have five fields and are in UTC. */
import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import type { Kysely } from 'kysely';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { enqueueJob } from '../../platform/queue/index.ts';
import {
  deleteSchedule,
  listSchedules,
  listSchedulesAhead,
  recordScheduleOutcome,
  saveSchedule,
  setNextRun,
  takeDueSchedules,
  type ScheduleRow,
} from '../../ledger/external-systems/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { App } from '../../engine/run/index.ts';
import { cronWords } from './cron-words.ts';
import { type ConnectorDeclaration, fetchSystem, moduleFor } from '../../engine/connections/index.ts';
import type { EntityType } from '../../canonical/vocabulary/index.ts';

export type { ScheduleRow };

/** The next times after `after`. @throws TielineError USAGE naming what is wrong with the expression. */
export function nextTimes(cron: string, after: Date, count: number): Date[] {
  const refuse = (message: string): never => {
    throw new TielineError('USAGE', 'The schedule was not saved.', {
      fields: [
        {
          field: '--cron',
          message: `${message}; five fields are expected (minute hour day month weekday, UTC), such as "*/15 * * * *" or "0 2 * * *"`,
        },
      ],
    });
  };
  if (cron.trim().split(/\s+/).length !== 5) refuse(`"${cron}" has not five fields`);
  let times: Date[] = [];
  try {
    times = new Cron(cron, { timezone: 'UTC', mode: '5-part' }).nextRuns(count, after);
  } catch (error) {
    refuse(`"${cron}": ${messageOf(error)}`);
  }
  return times.length > 0 ? times : refuse(`"${cron}" never comes`);
}

/** A time of the cron with its jitter. @param random 0 ≤ x < 1. */
export function nextRun(
  schedule: Pick<ScheduleRow, 'cron' | 'jitterSeconds'>,
  after: Date,
  random: number,
): Date {
  const [next] = nextTimes(schedule.cron, after, 1);
  return new Date((next ?? after).getTime() + Math.floor(random * schedule.jitterSeconds * 1000));
}

export interface NewSchedule {
  readonly system: string;
  readonly name: string;
  readonly cron: string;
  readonly entities: readonly EntityType[];
  readonly full: boolean;
  readonly jitterSeconds: number;
  readonly enabled: boolean;
}

/** A schedule that would never read anything is a mistake. @throws USAGE naming what there is to read. */
function refuseUnread(schedule: NewSchedule, { entities, systemType }: ConnectorDeclaration): void {
  const readable = Object.entries(entities)
    .filter(([, can]) => can?.readAll ?? false)
    .map(([entity]) => entity);
  const unread = schedule.entities.filter((entity) => !readable.includes(entity));
  if (unread.length > 0)
    throw new TielineError('USAGE', 'The schedule was not saved.', {
      fields: unread.map((entity) => ({
        field: '--entity',
        message: `${entity} is not read from a ${systemType}; there are ${readable.join(', ')}`,
      })),
    });
}

/** Saves a schedule. @returns its next three times, without jitter. @throws USAGE, SYSTEM_UNKNOWN. */
export async function setSchedule(app: App, schedule: NewSchedule): Promise<Date[]> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(schedule.name))
    throw new TielineError('USAGE', 'The schedule was not saved.', {
      fields: [{ field: 'name', message: 'letters, digits and ._- , at most 100; for example: nightly' }],
    });
  const times = nextTimes(schedule.cron, app.now(), 3);
  const { id: systemId, system_type: systemType } = await fetchSystem(app, schedule.system);
  refuseUnread(schedule, moduleFor(app, systemType).declaration);
  const { system: _name, ...rest } = schedule;
  await saveSchedule(app.db, {
    ...rest,
    systemId,
    nextRunAt: nextRun(schedule, app.now(), Math.random()),
  });
  return times;
}

export async function removeSchedule(app: App, system: string, name: string): Promise<boolean> {
  return deleteSchedule(app.db, (await fetchSystem(app, system)).id, name);
}

export function findSchedules({ db }: { readonly db: Kysely<Database> }): Promise<ScheduleRow[]> {
  return listSchedules(db);
}

/** A schedule as people read it. */
export interface ScheduleView extends ScheduleRow {
  /** Its cron in words. */
  readonly words: string;
  /** Its next five times, without jitter; none where it is off. */
  readonly next: readonly Date[];
}

const nextShown = 5;

function viewOf(row: ScheduleRow, now: Date): ScheduleView {
  let next: Date[] = [];
  // A row that another version wrote may hold an expression that this one does not read: it is shown all the same.
  if (row.enabled)
    try {
      next = nextTimes(row.cron, now, nextShown);
    } catch (error) {
      if (!(error instanceof TielineError)) throw error;
    }
  return { ...row, words: cronWords(row.cron), next };
}

export const listScheduleViews = async ({ db, now }: Pick<App, 'db' | 'now'>): Promise<ScheduleView[]> =>
  (await listSchedules(db)).map((row) => viewOf(row, now()));

/** What a cron expression means. @throws TielineError USAGE naming what is wrong with it. */
export const previewCron = (cron: string, now: Date): Pick<ScheduleView, 'words' | 'next'> => {
  const next = nextTimes(cron, now, nextShown);
  return { words: cronWords(cron), next };
};

/** What a change of a schedule is made to: a hash of what people set. */
export const scheduleVersion = ({ cron, entities, full, jitterSeconds, enabled }: ScheduleRow): string =>
  createHash('sha256')
    .update(JSON.stringify([cron, entities, full, jitterSeconds, enabled]))
    .digest('hex')
    .slice(0, 32);

/** @throws TielineError RECORD_UNKNOWN. */
export async function fetchSchedule(
  { db, now }: Pick<App, 'db' | 'now'>,
  { system, name }: { readonly system: string; readonly name: string },
): Promise<ScheduleView> {
  const found = (await listSchedules(db)).find((row) => row.system === system && row.name === name);
  if (!found) throw new TielineError('RECORD_UNKNOWN', `There is no schedule ${name} of ${system}.`);
  return viewOf(found, now());
}

/** Adds a schedule. @throws as `setSchedule`; USAGE where there is one of that name. */
export async function addSchedule(app: App, schedule: NewSchedule): Promise<ScheduleView> {
  const { system, name } = schedule;
  if ((await listSchedules(app.db)).some((row) => row.system === system && row.name === name))
    throw new TielineError('USAGE', `${system} has a schedule ${name} already.`, {
      fields: [{ field: 'name', message: 'choose another name, or change the one that is there' }],
    });
  await setSchedule(app, schedule);
  return fetchSchedule(app, schedule);
}

/** The task of the queue that a due schedule becomes. */
export const scheduledSync = 'scheduled sync';

/**
 * A next time later than what the expression gives from now was set by a clock that was ahead: the schedule would stand still
 * until then.
 */
async function callBackFromTheFuture(db: Kysely<Database>, now: Date, random: () => number): Promise<void> {
  for (const schedule of await listSchedulesAhead(db, now)) {
    const latest =
      nextRun({ ...schedule, jitterSeconds: 0 }, now, 0).getTime() + schedule.jitterSeconds * 1000;
    if ((schedule.nextRunAt?.getTime() ?? 0) > latest)
      await setNextRun(db, schedule.id, nextRun(schedule, now, random()));
  }
}

/**
 * Puts a job into the queue for each schedule whose time has come, and moves it on to its next time, together. A time that
 * passed while no worker ran is made up for once, since the next is counted from now.
 * @returns how many jobs.
 */
export async function enqueueDue(
  app: Pick<App, 'store' | 'now'>,
  random: () => number = Math.random,
): Promise<number> {
  return app.store.transaction(async (tx) => {
    const now = app.now();
    await callBackFromTheFuture(tx.db, now, random);
    const due = await takeDueSchedules(tx.db, now);
    let jobs = 0;
    for (const schedule of due) {
      await setNextRun(tx.db, schedule.id, nextRun(schedule, now, random()));
      if (schedule.nextRunAt === null) continue;
      if (!schedule.systemEnabled) {
        await recordScheduleOutcome(tx.db, schedule.id, 'skipped: sync is off for this system');
        continue;
      }
      await enqueueJob(tx.db, {
        task: scheduledSync,
        payload: { schedule: schedule.id },
        key: `schedule:${schedule.id}`,
        // One sync of a system at a time; what another system does holds nothing up.
        queue: `sync:${schedule.systemId}`,
        attempts: 10,
      });
      jobs += 1;
    }
    return jobs;
  });
}
