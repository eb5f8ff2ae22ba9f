import type { Kysely } from 'kysely';
import {
  countAssets,
  countNewlyUnreported,
  countUnlinkedAssets,
  countUnreportedAssets,
} from '../../record/assets/index.ts';
import { z } from 'zod';
import { isJsonObject } from '../../platform/values/index.ts';
import {
  addCounts,
  countRecognised,
  type Counts,
  countsOf,
  findOperation,
  listSteps,
  noCounts,
  type OperationRow,
} from '../../ledger/operations/index.ts';
import { countConflictsByType, countPendingConflicts } from '../../ledger/conflicts/index.ts';
import { countCorrelations, countMatchReviews } from '../../modules/correlation/index.ts';
import { countNewlyLate } from '../../modules/due-dates/index.ts';
import {
  countFindingsByState,
  countNewlyMissing,
  countUnlinkedFindings,
} from '../../record/findings/index.ts';
import { countRows, listLinkedEntities } from '../../record/entities/index.ts';
import { countOutbox, countOverdueCreates } from '../../engine/outbox/index.ts';
import { countAskedApprovals } from '../../engine/approvals/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { ShownFailure } from '../../engine/run/index.ts';

/** What the record holds after a sync, and what that sync did. The field names are a documented interface (README). */
export interface SyncSummary {
  readonly operationId: string;
  /** In the record now. */
  readonly assets: number;
  readonly findings: number;
  /** `missing`: not in the last full read of its scanner; `gone`: its machine is gone. Neither counts as open or fixed. */
  readonly findingsByState: {
    readonly open: number;
    readonly reopened: number;
    readonly fixed: number;
    readonly missing: number;
    readonly gone: number;
  };
  readonly systems: number;
  readonly components: number;
  readonly controls: number;
  readonly poams: number;
  readonly milestones: number;
  /** Rows that are linked to a record of an external system, by entity. */
  readonly linked: Readonly<Record<string, number>>;
  readonly assetsLinked: number;
  /** Assets by the strongest identifier that linked them. */
  readonly linkedBy: Readonly<Record<string, number>>;
  /** Matches that wait for a person: the rows of `matches list`. */
  readonly assetsForReview: number;
  /** How many of these this sync left to a person. */
  readonly matchesNew: number;
  /** Assets that no source reports any more, and the open findings on them. */
  readonly assetsUnreported: number;
  readonly findingsUnreported: number;
  /** Those of these assets with open findings that became unreported with this sync. */
  readonly assetsNewlyUnreported: number;
  /** Findings that a full read of this sync no longer showed, without word that they were fixed; Low or graver. */
  readonly findingsNewlyMissing: number;
  readonly assetsUnmatched: number;
  /**
   * Rows from before Tieline: those that this sync recognised as a record of an external system, and those that no
   * external system has shown yet. Absent in a database in which Tieline was first.
   */
  readonly alreadyThere?: {
    readonly linked: Readonly<Record<string, number>>;
    readonly unlinked: Readonly<Record<string, number>>;
  };
  /** Systems that failed, and were left out from there; the record holds of them what it held before. */
  readonly systemsFailed: readonly ShownFailure[];
  /** By this sync. */
  readonly poamsRead: number;
  readonly weaknesses: number;
  readonly poamsCreated: number;
  /** Those of the POA&Ms that this sync proposed, made or still to be sent, whose due date was past already. */
  readonly poamsOverdue: number;
  /** POA&Ms that promise a later day than an obligation that this sync found: each is a row of the inbox. */
  readonly poamsLate: number;
  readonly poamsUpdated: number;
  readonly tagsAssigned: number;
  /** Records that could not be imported; `tieline ops show` names each. */
  readonly recordsFailed: number;
  /** Records and changes that wait for a person. */
  readonly recordsHeld: number;
  readonly conflictsPending: number;
  /** Open conflicts that this sync found, by type. */
  readonly newConflicts: Readonly<Record<string, number>>;
  /** Approvals that this sync asked for; each is a row of `approvals list`. */
  readonly approvalsAsked: number;
  /** Changes that wait for approval, and those that have not gone out for another reason, in all. */
  readonly waitingForApproval: number;
  readonly waitingToBeSent: number;
  /** Systems to which nothing is sent until a person resumes them. */
  readonly sendingPaused: readonly string[];
  readonly read: number;
  /** Changes written to the remote systems. */
  readonly written: number;
}

/** Open conflicts that a run found, by type. */
export async function countNewConflicts(
  db: Kysely<Database>,
  operationId: string,
): Promise<Record<string, number>> {
  const steps = await listSteps(db, operationId);
  return countConflictsByType(db, [operationId, ...steps.map((step) => step.batch_id)]);
}

/** Sums up a finished run from what is stored, not from what the process remembers, so a resumed run reports the whole. */
export async function summarizeRun(db: Kysely<Database>, operationId: string): Promise<SyncSummary> {
  const steps = await listSteps(db, operationId);
  const stepIds = steps.map((step) => step.batch_id);
  const rows = await countLinkedRows(db);
  const linkedOf = (entity: string): number => rows.find(({ name }) => name === entity)?.linked ?? 0;
  return {
    operationId,
    assets: await countAssets(db),
    ...(await countFindings(db)),
    systems: linkedOf('system'),
    components: linkedOf('component'),
    controls: linkedOf('control'),
    poams: linkedOf('poam'),
    milestones: linkedOf('milestone'),
    linked: Object.fromEntries(rows.map(({ name, linked }) => [name, linked])),
    ...(await countMatches(db, stepIds)),
    ...(await countUnreported(db, stepIds)),
    systemsFailed: failuresOf(await findOperation(db, operationId)),
    ...countsOfSteps(steps),
    ...(await countSent(db, stepIds, steps)),
    poamsOverdue: await countOverdueCreates(db, stepIds),
    poamsLate: await countNewlyLate(db, stepIds),
    ...(await alreadyThere(
      db,
      stepIds,
      Object.fromEntries(rows.flatMap(({ name, asked, unlinked }) => (asked ? [[name, unlinked]] : []))),
    )),
    conflictsPending: await countPendingConflicts(db),
    newConflicts: await countNewConflicts(db, operationId),
    approvalsAsked: await countAskedApprovals(db, [operationId, ...stepIds]),
    ...(await stillWaiting(db)),
  };
}

/** What the steps that are wanted counted, together. */
function sumOf(
  steps: readonly OperationRow[],
  wanted: (name: string, type: string) => boolean = () => true,
): Counts {
  return steps
    .filter((step) => wanted(step.batch_type ?? '', step.operation_type ?? ''))
    .map((step) => countsOf(step))
    .reduce(addCounts, noCounts);
}

function countsOfSteps(
  steps: readonly OperationRow[],
): Pick<SyncSummary, 'poamsRead' | 'weaknesses' | 'recordsFailed' | 'recordsHeld' | 'read' | 'written'> {
  const all = sumOf(steps);
  const sent = sumOf(steps, (_name, type) => type === 'export');
  return {
    poamsRead: sumOf(steps, (name) => name === 'poam').read,
    weaknesses: sumOf(steps, (name) => name === 'weaknesses').read,
    recordsFailed: all.failed,
    recordsHeld: all.held,
    read: sumOf(steps, (_name, type) => type === 'import').read,
    written: sent.created + sent.updated,
  };
}

/** What the remote systems confirmed of what this run put into the outbox. */
async function countSent(
  db: Kysely<Database>,
  stepIds: readonly string[],
  steps: readonly OperationRow[],
): Promise<Pick<SyncSummary, 'poamsCreated' | 'poamsUpdated' | 'tagsAssigned'>> {
  const outbox = await countOutbox(db, stepIds);
  const confirmed = (entity: string, kind: string): number =>
    outbox
      .filter((row) => row.entity_type === entity && row.change_kind === kind && row.state === 'confirmed')
      .reduce((sum, row) => sum + row.n, 0);
  return {
    poamsCreated: confirmed('poam', 'create'),
    poamsUpdated: confirmed('poam', 'update'),
    tagsAssigned: confirmed('asset_tag', 'update') > 0 ? sumOf(steps, (name) => name === 'tags').created : 0,
  };
}

async function countFindings(
  db: Kysely<Database>,
): Promise<Pick<SyncSummary, 'findings' | 'findingsByState'>> {
  const findingsByState = await countFindingsByState(db);
  const { open, reopened, fixed, missing, gone } = findingsByState;
  return { findings: open + reopened + fixed + missing + gone, findingsByState };
}

async function countMatches(
  db: Kysely<Database>,
  stepIds: readonly string[],
): Promise<
  Pick<SyncSummary, 'assetsLinked' | 'linkedBy' | 'assetsForReview' | 'matchesNew' | 'assetsUnmatched'>
> {
  const correlations = await countCorrelations(db);
  return {
    assetsLinked: correlations.linked,
    linkedBy: correlations.linkedBy,
    assetsForReview: await countMatchReviews(db),
    matchesNew: await countMatchReviews(db, stepIds),
    assetsUnmatched: correlations.unmatched,
  };
}

async function countUnreported(
  db: Kysely<Database>,
  stepIds: readonly string[],
): Promise<
  Pick<
    SyncSummary,
    'assetsUnreported' | 'findingsUnreported' | 'assetsNewlyUnreported' | 'findingsNewlyMissing'
  >
> {
  const unreported = await countUnreportedAssets(db);
  return {
    assetsUnreported: unreported.assets,
    findingsUnreported: unreported.openFindings,
    findingsNewlyMissing: await countNewlyMissing(db, stepIds),
    assetsNewlyUnreported: await countNewlyUnreported(db, stepIds),
  };
}

/** Rows of each linked entity that is read as one; `asked`: its records are kept by people, who are asked about what is absent. */
async function countLinkedRows(
  db: Kysely<Database>,
): Promise<{ name: string; linked: number; unlinked: number; asked: boolean }[]> {
  const counts = [];
  for (const { name, absence, readTurn } of listLinkedEntities())
    if (readTurn !== null) counts.push({ name, asked: absence === 'ask', ...(await countRows(db, name)) });
  return counts;
}

async function stillWaiting(
  db: Kysely<Database>,
): Promise<Pick<SyncSummary, 'waitingForApproval' | 'waitingToBeSent' | 'sendingPaused'>> {
  const queued = await countOutbox(db);
  const rowsIn = (...states: string[]): number =>
    queued.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0);
  return {
    waitingForApproval: rowsIn('waiting'),
    waitingToBeSent: rowsIn('pending', 'sent'),
    sendingPaused: (await listSystems(db))
      .filter((system) => system.sending_paused_at !== null)
      .map((system) => system.system_name),
  };
}

const keptFailures = z.array(z.object({ system: z.string(), code: z.string(), message: z.string() }));

function failuresOf(run: OperationRow | undefined): readonly ShownFailure[] {
  const kept = keptFailures.safeParse(isJsonObject(run?.metadata) ? run.metadata['failures'] : undefined);
  return kept.success ? kept.data : [];
}

async function alreadyThere(
  db: Kysely<Database>,
  operationIds: readonly string[],
  negotiated: Readonly<Record<string, number>>,
): Promise<Pick<SyncSummary, 'alreadyThere'>> {
  const linked = await countRecognised(db, operationIds);
  const unlinked = Object.fromEntries(
    Object.entries({
      asset: await countUnlinkedAssets(db),
      finding: await countUnlinkedFindings(db),
      ...negotiated,
    }).filter(([, count]) => count > 0),
  );
  return Object.keys(linked).length + Object.keys(unlinked).length === 0
    ? {}
    : { alreadyThere: { linked, unlinked } };
}
