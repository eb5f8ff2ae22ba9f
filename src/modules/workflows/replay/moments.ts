/** The moments at which a workflow would have looked at a record: each time of its schedule, or each time that its event happened. Pure. */
import { Cron } from 'croner';
import type { TriggerEvent, WorkflowTrigger } from '../../../canonical/workflow/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../platform/values/index.ts';
import type { Snapshot } from '../conditions/index.ts';
import type { History } from './history.sql.ts';
import { written } from './written.ts';

/** A schedule by the minute would come a hundred thousand times: so many at most are played. */
const mostTimes = 2_500;

export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** When a schedule came; the same for every record. @returns undefined where the trigger has no schedule. */
export function scheduledTimes(trigger: WorkflowTrigger, { from, to }: Window): readonly Date[] | undefined {
  if (!('schedule' in trigger)) return undefined;
  const cron = new Cron(trigger.schedule, { timezone: 'UTC', mode: '5-part' });
  const times: Date[] = [];
  for (
    let at = cron.nextRun(from);
    at !== null && at <= to && times.length < mostTimes;
    at = cron.nextRun(at)
  )
    times.push(at);
  return times;
}

const partOf = ({ plain, kind }: Snapshot): JsonObject => {
  const part = plain[kind];
  return isJsonObject(part) ? part : {};
};

const instant = (value: Json | undefined): number[] => (typeof value === 'string' ? [Date.parse(value)] : []);

/** The findings that a record is, or holds, by their row. */
function findingsIn(
  snapshot: Snapshot,
): readonly { readonly row: number; readonly first: Json | undefined }[] {
  const part = partOf(snapshot);
  if (snapshot.kind === 'finding') return [{ row: Number(part['row']), first: part['first_found'] }];
  const { findings } = part;
  return Array.isArray(findings)
    ? findings.flatMap((each) =>
        isJsonObject(each) ? [{ row: Number(each['id']), first: each['first_found'] }] : [],
      )
    : [];
}

/** When the event happened to the record, as history tells. @returns undefined: no history tells of this event. */
export function eventTimes(event: TriggerEvent, snapshot: Snapshot, history: History): number[] | undefined {
  const part = partOf(snapshot);
  const changesOf = (word: string): number[] =>
    findingsIn(snapshot).flatMap(({ row }) =>
      (history.states.get(row) ?? []).filter(({ state }) => state === word).map(({ at }) => at),
    );
  const journal = (entity: string): number[] =>
    (history.journal.get(`${entity} ${written(part['id'])}`) ?? []).map(({ at }) => at);
  switch (event) {
    case 'finding.opened':
      return findingsIn(snapshot).flatMap(({ first }) => instant(first));
    case 'finding.fixed':
      return changesOf('fixed');
    case 'finding.reopened':
      return changesOf('reopened');
    case 'poam.created':
      return instant(part['created']);
    case 'poam.changed':
      return journal('poam');
    case 'deviation.requested':
      return instant(part['requested']);
    case 'deviation.changed':
      return journal('deviation');
    case 'asset.seen':
      return instant(part['first_seen']);
    case 'weakness.due_date_changed':
      return (history.obligations.get(Number(part['id'])) ?? []).map(({ at }) => at);
    case 'feed.loaded': {
      const { cves } = part;
      return Array.isArray(cves)
        ? cves.flatMap((cve) => (history.feeds.get(written(cve)) ?? []).map(({ at }) => at))
        : undefined;
    }
    case 'asset.changed':
    case 'scan.completed':
    case 'sync.conflict':
    case 'weakness.made':
      return undefined;
  }
}
