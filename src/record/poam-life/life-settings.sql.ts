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
  /** How many others must agree to an extension. */
  readonly extensionApprovers: number;
  readonly isFedramp: boolean;
}

export const usualLife: LifeSettings = {
  closeAfter: 'word',
  closeDays: 7,
  reopenDays: 30,
  contradiction: 'ask',
  acceptUntil: null,
  extensionApprovers: 1,
  isFedramp: false,
};

/** As it is set; null: the default. */
type StoredLifeSettings = { readonly [K in keyof LifeSettings]: LifeSettings[K] | null };

/** The settings in force: FedRAMP knows no reopening, a closed item is followed by a new one (grc-formats 6, 8). */
function settingsInForce(stored: StoredLifeSettings | undefined): LifeSettings {
  const isFedramp = stored?.isFedramp ?? usualLife.isFedramp;
  return {
    closeAfter: stored?.closeAfter ?? usualLife.closeAfter,
    closeDays: stored?.closeDays ?? usualLife.closeDays,
    reopenDays: stored?.reopenDays ?? (isFedramp ? 0 : usualLife.reopenDays),
    contradiction: stored?.contradiction ?? usualLife.contradiction,
    acceptUntil: stored?.acceptUntil ?? usualLife.acceptUntil,
    extensionApprovers: stored?.extensionApprovers ?? usualLife.extensionApprovers,
    isFedramp,
  };
}

const columns = sql`
  close_after as "closeAfter", close_days as "closeDays", reopen_days as "reopenDays", contradiction, accept_until::text as "acceptUntil",
  extension_approvers as "extensionApprovers", is_fedramp as "isFedramp"`;

/** The settings in force of every boundary that has some of its own, by system_id; of the others they are `usualLife`. */
export async function listLifeSettings(db: Kysely<Database>): Promise<ReadonlyMap<string, LifeSettings>> {
  const { rows } = await sql<StoredLifeSettings & { systemId: string }>`
    select system_id as "systemId", ${columns} from life_settings`.execute(db);
  return new Map(rows.map(({ systemId, ...stored }) => [systemId, settingsInForce(stored)]));
}
