/** What hangs on an external system, and taking it out of use without losing what it reported. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { closeConflictsOfSystem, countConflictsOfSystem } from '../../ledger/conflicts/index.ts';
import { withdrawApprovals } from '../approvals/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { withdrawAllOf } from '../outbox/index.ts';
import { deleteSchedulesOf, markRemoved } from '../../ledger/external-systems/index.ts';
import { cancelWaitingScans } from '../../record/remediation-scans/index.ts';
import { withdrawReviewsOfSystem } from '../../record/matches/index.ts';

export interface WhatHangs {
  /** Linked records, by entity. */
  readonly links: Readonly<Record<string, number>>;
  /** Assets that no other system reports. */
  readonly assetsOnlyHere: number;
  /** Changes that were not sent. */
  readonly unsent: number;
  /** Changes that were sent and whose outcome is not known. */
  readonly unclear: number;
  readonly conflicts: number;
  readonly schedules: number;
}

export async function countWhatHangs(db: Kysely<Database>, systemId: number): Promise<WhatHangs> {
  const { rows: links } = await sql<{ entity: string; n: number }>`
    select entity_type as entity, count(*)::int as n from sync_links
     where external_system_id = ${systemId} and retired_at is null
     group by 1 order by 1`.execute(db);
  const { rows } = await sql<Omit<WhatHangs, 'links' | 'conflicts'>>`
    select (select count(*)::int from sync_links l
             where l.external_system_id = ${systemId} and l.entity_type = 'asset' and l.retired_at is null
               and not exists (select from sync_links o join external_systems s on s.id = o.external_system_id and s.removed_at is null
                                where o.entity_type = 'asset' and o.entity_id = l.entity_id and o.external_system_id <> l.external_system_id
                                  and o.retired_at is null)) as "assetsOnlyHere",
           (select count(*)::int from sync_outbox where external_system_id = ${systemId} and state in ('pending', 'waiting', 'failed')) as unsent,
           (select count(*)::int from sync_outbox where external_system_id = ${systemId} and state = 'sent') as unclear,
           (select count(*)::int from sync_schedules where external_system_id = ${systemId}) as schedules`.execute(
    db,
  );
  const [counts] = rows;
  return {
    links: Object.fromEntries(links.map((row) => [row.entity, row.n])),
    assetsOnlyHere: counts?.assetsOnlyHere ?? 0,
    unsent: counts?.unsent ?? 0,
    unclear: counts?.unclear ?? 0,
    conflicts: await countConflictsOfSystem(db, systemId),
    schedules: counts?.schedules ?? 0,
  };
}

/**
 * Retires a system: nothing is read from it or sent to it any more, what waited for it is withdrawn, its open conflicts and
 * questions are closed, its schedules deleted. Rows, links and journal stay. Withdrawn, not dropped: nobody turned these changes down, so where the
 * connection is added again, the next sync plans them again.
 * @param config what is kept of its settings; never a secret.
 */
export async function retireSystem(
  db: Kysely<Database>,
  systemId: number,
  config: JsonObject,
  decided: { readonly by: string; readonly reason: string },
): Promise<void> {
  await markRemoved(db, systemId, config, decided);
  const note = { outcome: 'removed', message: 'the connection was removed', by: decided.by, fields: [] };
  await withdrawAllOf(db, systemId, note);
  await closeConflictsOfSystem(db, systemId, decided.by);
  await withdrawApprovals(db, systemId);
  await cancelWaitingScans(db, systemId, {
    ...note,
    remedy: 'Ask for the scan again, once there is a connection.',
  });
  await withdrawReviewsOfSystem(db, systemId, decided.by);
  await deleteSchedulesOf(db, systemId);
}
