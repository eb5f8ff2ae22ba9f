/** What waits for a person, by kind, each with the command that shows it. Nothing that is held may be missing here. */
import type { Kysely } from 'kysely';
import { countConflictsByType } from '../../ledger/conflicts/index.ts';
import { countUnreportedAssets } from '../../record/assets/index.ts';
import { countMatchReviews } from '../../modules/correlation/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import { countPendingRequests } from '../../engine/approvals/index.ts';
import { countOutbox } from '../../engine/outbox/index.ts';
import { countQuestions } from '../../record/poam-life/index.ts';
import { countWaitingScans } from '../../modules/scans/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { countHeldRecords } from '../../ledger/operations/index.ts';

export const waitingKinds = [
  'conflicts',
  'matches',
  'unreported_assets',
  'approvals',
  'refused',
  'held_records',
  'poam_questions',
  'paused_systems',
] as const;
export type WaitingKind = (typeof waitingKinds)[number];

export interface Waiting {
  readonly kind: WaitingKind;
  readonly count: number;
  /** The parts of the count: conflicts by type, held records by system and entity, systems by name. */
  readonly of: Readonly<Record<string, number>>;
}

const sum = (of: Readonly<Record<string, number>>): number =>
  Object.values(of).reduce((all, n) => all + n, 0);

/** One entry for each kind, also where nothing waits. */
export async function fetchWaiting({ db }: { readonly db: Kysely<Database> }): Promise<Waiting[]> {
  const outbox = await countOutbox(db);
  const changes = (state: string): Record<string, number> =>
    Object.fromEntries(
      [
        ...Map.groupBy(
          outbox.filter((row) => row.state === state),
          (row) => row.entity_type,
        ),
      ].map(([entity, rows]) => [entity, rows.reduce((all, row) => all + row.n, 0)]),
    );
  const scans = await countWaitingScans(db);
  const parts: Readonly<Record<WaitingKind, Readonly<Record<string, number>>>> = {
    conflicts: await countConflictsByType(db),
    matches: nonZero({ review: await countMatchReviews(db) }),
    unreported_assets: nonZero({ assets: (await countUnreportedAssets(db)).assets }),
    approvals: nonZero({ ...changes('waiting'), scan: scans, request: await countPendingRequests(db) }),
    refused: changes('failed'),
    held_records: await countHeldRecords(db),
    poam_questions: await countQuestions(db),
    paused_systems: Object.fromEntries(
      (await listSystems(db))
        .filter((system) => system.sending_paused_at !== null || system.sync_paused_at !== null)
        .map((system) => [system.system_name, 1]),
    ),
  };
  return waitingKinds.map((kind) => ({ kind, count: sum(parts[kind]), of: parts[kind] }));
}

const nonZero = (of: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(of).filter(([, n]) => n > 0));
