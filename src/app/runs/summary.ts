import type { Kysely } from 'kysely';
import { countAssets } from '../../store/assets.ts';
import { countPendingConflicts } from '../../store/conflicts.ts';
import { countCorrelations } from '../../store/correlations.ts';
import { countFindingsByState } from '../../store/findings.ts';
import { countRows } from '../../store/negotiated.ts';
import { addCounts, listSteps, noCounts, type Counts } from '../../store/operations.ts';
import { countOutbox } from '../../store/outbox.ts';
import type { Database } from '../../store/schema.ts';
import { countsOf } from './sync-run.ts';

/** What the record holds after a sync, and what that sync did. The field names are a documented interface (README). */
export interface SyncSummary {
  readonly operationId: string;
  /** In the record now. */
  readonly assets: number;
  readonly findings: number;
  readonly findingsByState: { readonly open: number; readonly reopened: number; readonly fixed: number };
  readonly systems: number;
  readonly components: number;
  readonly controls: number;
  readonly poams: number;
  readonly milestones: number;
  readonly assetsLinked: number;
  /** Assets by the strongest identifier that linked them. */
  readonly linkedBy: Readonly<Record<string, number>>;
  readonly assetsForReview: number;
  readonly assetsUnmatched: number;
  /** By this sync. */
  readonly poamsRead: number;
  readonly weaknesses: number;
  readonly poamsCreated: number;
  readonly poamsUpdated: number;
  readonly tagsAssigned: number;
  /** Records that could not be taken in; `tieline ops show` names each. */
  readonly recordsFailed: number;
  /** Records and changes that wait for a person. */
  readonly recordsHeld: number;
  readonly conflictsPending: number;
  readonly read: number;
  /** Changes written to the remote systems. */
  readonly written: number;
}

/** Sums up a finished run from what is stored, not from what the process remembers, so a resumed run tells the whole. */
export async function summarizeRun(db: Kysely<Database>, operationId: string): Promise<SyncSummary> {
  const steps = await listSteps(db, operationId);
  const sumOf = (wanted: (name: string, type: string) => boolean): Counts =>
    steps
      .filter((step) => wanted(step.batch_type ?? '', step.operation_type ?? ''))
      .map((step) => countsOf(step))
      .reduce(addCounts, noCounts);
  const outbox = await countOutbox(
    db,
    steps.map((step) => step.batch_id),
  );
  const confirmed = (entity: string, kind: string): number =>
    outbox
      .filter((row) => row.entity_type === entity && row.change_kind === kind && row.state === 'confirmed')
      .reduce((sum, row) => sum + row.n, 0);
  const imports = sumOf((_name, type) => type === 'import');
  const sent = sumOf((_name, type) => type === 'export');
  const all = sumOf(() => true);
  const findingsByState = await countFindingsByState(db);
  const correlations = await countCorrelations(db);
  const tagged = sumOf((name) => name === 'tags').created;
  return {
    operationId,
    assets: await countAssets(db),
    findings: findingsByState.open + findingsByState.reopened + findingsByState.fixed,
    findingsByState,
    systems: await countRows(db, 'system'),
    components: await countRows(db, 'component'),
    controls: await countRows(db, 'control'),
    poams: await countRows(db, 'poam'),
    milestones: await countRows(db, 'milestone'),
    assetsLinked: correlations.linked,
    linkedBy: correlations.linkedBy,
    assetsForReview: correlations.review,
    assetsUnmatched: correlations.unmatched,
    poamsRead: sumOf((name) => name === 'poam').read,
    weaknesses: sumOf((name) => name === 'weaknesses').read,
    poamsCreated: confirmed('poam', 'create'),
    poamsUpdated: confirmed('poam', 'update'),
    tagsAssigned: confirmed('asset_tag', 'update') > 0 ? tagged : 0,
    recordsFailed: all.failed,
    recordsHeld: all.held,
    conflictsPending: await countPendingConflicts(db),
    read: imports.read,
    written: sent.created + sent.updated,
  };
}
