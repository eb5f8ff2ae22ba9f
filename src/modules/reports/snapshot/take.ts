/** Takes a snapshot: everything of one moment, in one transaction that sees no later change. */
import type { Scope } from '../../../canonical/access/index.ts';
import { poamStandings } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { listClosures } from './closure.sql.ts';
import {
  fetchAgreement,
  listAccess,
  listBoundaryFacts,
  listControlFacts,
  listCoverage,
  listDeviationFacts,
  listWaiting,
  seeOneMoment,
  type Period,
} from './parts.sql.ts';
import { listExploited } from './exploited.sql.ts';
import { listMetricFacts } from './metrics.ts';
import { hasExploitedCatalogue, listPoamFacts } from './poams.sql.ts';
import type { PoamFacts, Snapshot, SnapshotPart } from './snapshot.ts';

/** Seen or scanned longer ago than this is not covered (FedRAMP asks for monthly scans). */
export const coverageDays = 30;

export interface ToSnapshot {
  readonly kind: string;
  readonly parts: ReadonlySet<SnapshotPart>;
  readonly scope: Scope;
  readonly boundary: string | null;
  readonly poamId: string | null;
  readonly period: Period;
  readonly at: Date;
  readonly generator: string;
  readonly marking: string;
}

/** A package is of the one that was asked for, else of what was completed in the period. */
const isClosedIn = ({ status, completedOn }: PoamFacts, { from, to }: Period): boolean =>
  poamStandings[status] === 'completed' && completedOn !== null && completedOn >= from && completedOn <= to;

export function takeSnapshot({ store }: Pick<App, 'store'>, asked: ToSnapshot): Promise<Snapshot> {
  const { parts, scope, boundary, poamId, period, at } = asked;
  const selected = { scope, boundary, poamId };
  return store.transaction(async ({ db }) => {
    if (!store.isOne) await seeOneMoment(db);
    const boundaries = await listBoundaryFacts(db, selected);
    const poams = parts.has('poams') ? await listPoamFacts(db, selected) : [];
    return {
      form: 1,
      kind: asked.kind,
      takenAt: at.toISOString(),
      period,
      generator: asked.generator,
      marking: asked.marking,
      scope,
      boundary,
      boundaries,
      poams,
      deviations: parts.has('deviations') ? await listDeviationFacts(db, selected) : [],
      coverage: parts.has('coverage') ? await listCoverage(db, selected, { at, days: coverageDays }) : [],
      waiting: parts.has('waiting') ? await listWaiting(db, selected) : [],
      controls: parts.has('controls') ? await listControlFacts(db, selected) : [],
      access: parts.has('access') ? await listAccess(db, selected) : [],
      agreement: parts.has('agreement') ? await fetchAgreement(db, selected, period) : null,
      closure: parts.has('closure')
        ? await listClosures(
            db,
            poams.filter((poam) => poamId !== null || isClosedIn(poam, period)).map((poam) => poam.poamId),
          )
        : [],
      metrics: parts.has('metrics')
        ? await listMetricFacts(db, scope, { at, to: period.to, hasSeries: parts.has('series') })
        : null,
      exploited:
        parts.has('exploited') && (await hasExploitedCatalogue(db))
          ? await listExploited(db, selected, at.toISOString().slice(0, 10))
          : null,
    } satisfies Snapshot;
  });
}
