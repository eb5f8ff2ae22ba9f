/**
 * POA&Ms that are opened again: a finding under one returned soon after it was completed, or it was completed at the remote while findings
 * are open and the settings of its boundary answer that by reopening it. What returns later gets a POA&M of its own that names the old one.
 */
import { daysBetween } from '../../../platform/timings/index.ts';
import { byRule, poamStandingOf, reasonOf } from '../../../canonical/vocabulary/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { addQuestions, dropEvidence, type LifeSettings, usualLife } from '../../../record/poam-life/index.ts';
import type { Candidate, JudgedWeakness } from '../../weaknesses/index.ts';
import { appended, changePoams, type LifeSource } from './apply-life.ts';
import { afterEvent, stateOf, statusOf } from './poam-states.ts';

export type SettingsOf = ReadonlyMap<string, LifeSettings>;

/** A weakness whose POA&M is opened again. */
export interface Reopened {
  readonly judged: JudgedWeakness;
  readonly poam: Candidate;
  /** Days between completion and return; undefined: it was completed while findings were open. */
  readonly days: number | undefined;
}

/** The POA&M that the weakness had before it was completed, the latest of several. */
export const completedBefore = ({ weakness }: Pick<JudgedWeakness, 'weakness'>): Candidate | undefined =>
  weakness.candidates
    .filter(
      (each) =>
        !each.isProposal &&
        (each.ground === 'tied' || each.ground === 'pointed') &&
        poamStandingOf(each.status) === 'completed',
    )
    .toSorted((a, b) => ((a.endedOn ?? '') < (b.endedOn ?? '') ? 1 : -1))[0];

/** The POA&M that a weakness without answer opens again, if it returned soon enough. */
export function reopens(judged: JudgedWeakness, settings: SettingsOf): Reopened | undefined {
  const { reopenDays } = settings.get(judged.weakness.systemId) ?? usualLife;
  const poam = completedBefore(judged);
  const { foundAgainAt } = judged.weakness;
  if (reopenDays === 0 || poam === undefined || poam.endedOn === null || foundAgainAt === null)
    return undefined;
  const days = daysBetween(poam.endedOn, foundAgainAt);
  return days >= 0 && days <= reopenDays ? { judged, poam, days } : undefined;
}

/** The POA&Ms that were completed while findings are open, of boundaries that answer that by opening them again. */
export function contradictionsToReopen(judged: JudgedWeakness, settings: SettingsOf): Reopened[] {
  if ((settings.get(judged.weakness.systemId) ?? usualLife).contradiction !== 'reopen') return [];
  return judged.answers.contradicted.flatMap(({ poam }) =>
    // What a person said of it stands.
    poamStandingOf(poam.status) === 'completed' && poam.contradiction !== 'external' && !poam.isEndedHere
      ? [{ judged, poam, days: undefined }]
      : [],
  );
}

/** Whether the settings of its boundary accept that a POA&M was completed while findings are open. @param today YYYY-MM-DD. */
export function isAcceptedContradiction(systemId: string, settings: SettingsOf, today: string): boolean {
  const { contradiction, acceptUntil } = settings.get(systemId) ?? usualLife;
  return contradiction === 'accept' && acceptUntil !== null && today <= acceptUntil;
}

/** Opens them again. @param today YYYY-MM-DD. */
export async function reopenPoams(
  tx: Tx,
  source: LifeSource,
  reopened: readonly Reopened[],
  today: string,
): Promise<ReadonlySet<string>> {
  const each = [...new Map(reopened.map((one) => [one.poam.poamId, one])).values()];
  await dropEvidence(
    tx.db,
    each.map(({ poam }) => poam.poamId),
  );
  const changed = await changePoams(
    tx,
    source,
    each.flatMap(({ judged, poam, days }) => {
      const state = stateOf(poam.status);
      const after = state && afterEvent(state, days === undefined ? 'reopened' : 'found_again');
      if (after === undefined) return [];
      const { weakness } = judged;
      const note =
        days === undefined
          ? `Reopened on ${today}: it was completed while plugin ${weakness.pluginId} was still found.`
          : `Reopened on ${today}: plugin ${weakness.pluginId} was found again ${days} days after completion.`;
      return [
        {
          poamId: poam.poamId,
          fields: {
            status: statusOf[after],
            actual_completion: null,
            comments: appended(poam.comments ?? null, note),
          },
          decidedBy: byRule('found_again'),
          reason: days === undefined ? reasonOf('contradiction_reopened') : reasonOf('back_within', { days }),
        },
      ];
    }),
  );
  // Its plan is the old one, done as it seemed.
  const { systemId, operationId } = source;
  if (systemId !== null)
    await addQuestions(
      tx.db,
      { systemId, operationId },
      [...changed].map((poamId) => ({ poamId, code: 'plan_needed', params: {} })),
    );
  return changed;
}
