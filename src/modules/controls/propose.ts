/** Proposes the status of controls from their weaknesses, and says when each is assessed next: gather, decide (`control-status.ts`), apply. */
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { byRule } from '../../canonical/vocabulary/index.ts';
import { canRead } from '../../engine/connections/index.ts';
import type { Conclusion } from '../../engine/run/index.ts';
import { noCounts, recordChanges, recordCounts, withDecision } from '../../ledger/operations/index.ts';
import type { Kysely } from 'kysely';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { renewAssessments } from './assessments.sql.ts';
import { isAnswered, proposedStatus } from './control-status.ts';
import { lapseProposals, listRefused, type NewProposal, saveProposals } from './proposals.sql.ts';
import {
  listScansUnder,
  listStandings,
  type Looked,
  type ScanReference,
  type StandingRow,
} from './standings.sql.ts';

/** The latest scan of each source, over POA&Ms. */
function scansOf(
  ids: readonly string[],
  under: ReadonlyMap<string, readonly ScanReference[]>,
): ScanReference[] {
  const bySource = Map.groupBy(
    ids.flatMap((id) => under.get(id) ?? []),
    ({ source }) => source,
  );
  return [...bySource.values()].flatMap((scans) => {
    const latest = scans.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
    return latest ? [{ ...latest, findings: scans.reduce((sum, each) => sum + each.findings, 0) }] : [];
  });
}

export interface Proposed {
  /** Controls that were looked at. */
  readonly looked: number;
  readonly opened: number;
  readonly lapsed: number;
}

/** In the caller's transaction. Nothing of a control changes. */
export async function proposeStatuses(
  db: Kysely<Database>,
  scope: Scope,
  asked: Looked & { readonly at: Date; readonly operationId: string },
): Promise<Proposed> {
  const standings = await listStandings(db, scope, asked);
  const follows = standings.flatMap((control): { control: StandingRow; proposal: NewProposal }[] => {
    const found = proposedStatus(control);
    return found
      ? [
          {
            control,
            proposal: {
              ...found,
              controlRef: control.ref,
              present: control.status,
              worst: control.worst,
              facts: { open: control.open, closed: control.closed, scans: [] },
            },
          },
        ]
      : [];
  });
  const refused = await listRefused(
    db,
    follows.map(({ control }) => control.ref),
  );
  const asksFor = follows.filter(({ control, proposal }) => {
    const no = refused.get(control.ref);
    return !isAnswered(
      control,
      { proposed: proposal.proposed as 'Implemented', code: proposal.code }, // a status of the vocabulary
      no && { ...no, closed: no.facts.closed },
    );
  });
  const named = ({ proposal: { code, facts } }: (typeof asksFor)[number]): readonly string[] =>
    code === 'weaknesses_open' ? facts.open : facts.closed;
  const under = await listScansUnder(db, [...new Set(asksFor.flatMap(named))]);
  const opened = await saveProposals(
    db,
    asksFor.map((each) => ({
      ...each.proposal,
      facts: { ...each.proposal.facts, scans: scansOf(named(each), under) },
    })),
    asked,
  );
  const lapsed = await lapseProposals(
    db,
    standings.map(({ ref }) => ref),
    asksFor.map(({ control }) => control.ref),
    asked.at,
  );
  return { looked: standings.length, opened, lapsed };
}

/** The next assessments that follow from the last ones, with their journal, in the caller's transaction. @returns how many moved. */
export async function renewAssessmentDates(
  db: Kysely<Database>,
  asked: { readonly at: Date; readonly operationId: string; readonly externalSystemId: number },
): Promise<number> {
  const moved = await renewAssessments(db, asked.at.toISOString().slice(0, 10), asked.externalSystemId);
  await recordChanges(
    db,
    { systemId: null, operationId: asked.operationId },
    moved.map(({ id, before, after }) => ({
      entity: 'control',
      entityId: id,
      field: 'next_assessment_date',
      before,
      after,
      direction: 'internal' as const,
      decidedBy: byRule('assessment_interval'),
    })),
  );
  return moved.length;
}

/** `controls propose`: what a run does by itself, now. */
export async function proposeNow(
  { store, now }: { readonly store: Store; readonly now: () => Date },
  scope: Scope,
  systemId: string | undefined,
): Promise<Proposed> {
  return store.transaction(({ db }) =>
    withDecision(db, { system: 'tieline', step: 'propose statuses of controls' }, (operationId) =>
      proposeStatuses(db, scope, { at: now(), operationId, systemId }),
    ),
  );
}

/** After the life of POA&Ms: what follows for controls, as a step of a run. */
export const controlStep: Conclusion = {
  entities: ['control', 'poam', 'finding'],
  suits: (system) => canRead(system, 'control'),
  stepOf: (system) => ({
    system,
    name: 'controls',
    type: 'update',
    takesTurn: true,
    run: (context, operationId) =>
      context.store.transaction(async ({ db }) => {
        const at = context.now();
        const moved = await renewAssessmentDates(db, { at, operationId, externalSystemId: system.id });
        const { looked } = await proposeStatuses(db, everywhere, {
          at,
          operationId,
          externalSystemId: system.id,
        });
        // A proposal changes nothing of the control.
        await recordCounts(db, operationId, {
          ...noCounts,
          read: looked,
          updated: moved,
          unchanged: looked - moved,
        });
      }),
  }),
};
