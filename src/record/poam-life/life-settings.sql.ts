/** How the POA&Ms of authorization boundaries live, by boundary; what is not set is the default. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

const closeAfterWords = ['at once', 'days', 'word'] as const;
const contradictionWords = ['ask', 'reopen', 'accept'] as const;

export interface LifeSettings {
  /** When a POA&M is completed whose findings are all fixed with evidence. */
  readonly closeAfter: (typeof closeAfterWords)[number];
  /** Days without return, for `days`. */
  readonly closeDays: number;
  /** A finding that returns within so many days after completion reopens its POA&M; 0: never. */
  readonly reopenDays: number;
  /** What becomes of a POA&M that was completed at the remote while findings are open. */
  readonly contradiction: (typeof contradictionWords)[number];
  /** For `accept`: the last day, YYYY-MM-DD. */
  readonly acceptUntil: string | null;
  readonly isFedramp: boolean;
}

export const usualLife: LifeSettings = {
  closeAfter: 'word',
  closeDays: 7,
  reopenDays: 30,
  contradiction: 'ask',
  acceptUntil: null,
  isFedramp: false,
};

/** As it is set; null: the default. */
export type StoredLifeSettings = { readonly [K in keyof LifeSettings]: LifeSettings[K] | null };

/** The settings in force: FedRAMP knows no reopening, a closed item is followed by a new one (grc-formats 6, 8). */
export function settingsInForce(stored: StoredLifeSettings | undefined): LifeSettings {
  const isFedramp = stored?.isFedramp ?? usualLife.isFedramp;
  return {
    closeAfter: stored?.closeAfter ?? usualLife.closeAfter,
    closeDays: stored?.closeDays ?? usualLife.closeDays,
    reopenDays: stored?.reopenDays ?? (isFedramp ? 0 : usualLife.reopenDays),
    contradiction: stored?.contradiction ?? usualLife.contradiction,
    acceptUntil: stored?.acceptUntil ?? usualLife.acceptUntil,
    isFedramp,
  };
}

const columns = sql`
  close_after as "closeAfter", close_days as "closeDays", reopen_days as "reopenDays", contradiction, accept_until::text as "acceptUntil", is_fedramp as "isFedramp"`;

/** The settings in force of every boundary that has some of its own, by system_id; of the others they are `usualLife`. */
export async function listLifeSettings(db: Kysely<Database>): Promise<ReadonlyMap<string, LifeSettings>> {
  const { rows } = await sql<StoredLifeSettings & { systemId: string }>`
    select system_id as "systemId", ${columns} from life_settings`.execute(db);
  return new Map(rows.map(({ systemId, ...stored }) => [systemId, settingsInForce(stored)]));
}

/** What is set for a boundary; undefined: nothing of its own. */
export async function fetchStoredSettings(
  db: Kysely<Database>,
  systemId: string,
): Promise<StoredLifeSettings | undefined> {
  const { rows } = await sql<StoredLifeSettings>`
    select ${columns} from life_settings where system_id = ${systemId}`.execute(db);
  return rows[0];
}

/** Sets what a boundary has of its own; null: the default. */
export async function saveLifeSettings(
  db: Kysely<Database>,
  systemId: string,
  stored: StoredLifeSettings,
  by: string,
): Promise<void> {
  const { closeAfter, closeDays, reopenDays, contradiction, acceptUntil, isFedramp } = stored;
  await sql`
    insert into life_settings (system_id, close_after, close_days, reopen_days, contradiction, accept_until, is_fedramp, set_by)
    values (${systemId}, ${closeAfter}, ${closeDays}, ${reopenDays}, ${contradiction}, ${acceptUntil}::date, ${isFedramp}, ${by})
    on conflict (system_id) do update
      set close_after = excluded.close_after, close_days = excluded.close_days, reopen_days = excluded.reopen_days,
          contradiction = excluded.contradiction, accept_until = excluded.accept_until,
          is_fedramp = excluded.is_fedramp, set_by = excluded.set_by, set_at = tieline_now()`.execute(db);
}
