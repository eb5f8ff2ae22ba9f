/**
 * In which boundaries an asset is, by the rules that fit it. Pure. What identifiers of components, a person, or the owner of the record say
 * comes before any rule; of rules, the first by priority. Where rules of two boundaries with the same priority fit, a person is asked: the
 * asset is in none of them meanwhile.
 *
 * An inherited asset makes no weakness in its boundary, so it is only inherited where another boundary answers for it: otherwise its findings
 * would be nobody's. Rejected: the newest rule wins, or the one with the most conditions (both move machines where nobody looked).
 */
import { type Reason, reasonOf } from '../../canonical/vocabulary/index.ts';
import type { BoundaryDecision } from '../../record/matches/index.ts';
import type { Fit } from './fits.sql.ts';
import type { Holder, Standing } from './standings.sql.ts';

const nothingKnown: Standing = { holders: [], words: [], asked: [] };

/** Decides about one asset. @param fits rules that fit it, of boundaries of one GRC system. */
export function decideBoundaries(
  fits: readonly Fit[],
  standing: Standing = nothingKnown,
): BoundaryDecision[] {
  const said = new Set(standing.words.map(({ systemId }) => systemId));
  const open = firstOfEachBoundary(fits).filter(({ systemId }) => !said.has(systemId));
  const answering = open.filter(({ role }) => role === 'responsible').toSorted(byPriority);
  const decided = decideAnswering(answering, standing);
  const answers = new Set([
    ...standing.holders.filter(({ role }) => role === 'responsible').map(({ systemId }) => systemId),
    ...standing.words
      .filter(({ decision, role }) => decision === 'linked' && role === 'responsible')
      .map(({ systemId }) => systemId),
    ...decided.filter(({ decision }) => decision === 'linked').map(({ systemId }) => systemId),
  ]);
  const inherited = open
    .filter(({ role }) => role === 'inherited')
    .map((fit) => decideInherited(fit, standing, answers));
  return [...decided, ...inherited];
}

const byPriority = (a: Fit, b: Fit): number => a.priority - b.priority || a.ruleId - b.ruleId;

/** Of several rules of one boundary the first counts. */
const firstOfEachBoundary = (fits: readonly Fit[]): Fit[] =>
  [...Map.groupBy(fits.toSorted(byPriority), ({ systemId }) => systemId).values()].flatMap(
    ([first]) => first ?? [],
  );

const said = (fit: Fit, decision: BoundaryDecision['decision'], reason: Reason): BoundaryDecision => ({
  assetUuid: fit.assetUuid,
  systemId: fit.systemId,
  decision,
  role: fit.role,
  ruleId: fit.ruleId,
  evidence: fit.evidence,
  reason,
});

const firstCode = { component: 'boundary_component_first', owner: 'boundary_owner_first' } as const;

function decideAnswering(fits: readonly Fit[], { holders, words, asked }: Standing): BoundaryDecision[] {
  const held = holders.filter(({ isOwn }) => isOwn);
  if (held.length > 0) return fits.map((fit) => besideHolders(fit, held));
  const word = words.find(({ decision, role }) => decision === 'linked' && role === 'responsible');
  if (word)
    return fits.map((fit) =>
      said(fit, 'rejected', reasonOf('boundary_person_first', { system: word.systemId })),
    );
  const [first] = fits;
  if (!first) return [];
  const contesting = fits.filter(({ priority }) => priority === first.priority);
  return fits.map((fit) => {
    if (fit.priority !== first.priority)
      return said(
        fit,
        'rejected',
        reasonOf('boundary_earlier_rule', {
          rule: first.ruleId,
          system: first.systemId,
          priority: first.priority,
        }),
      );
    if (contesting.length > 1)
      return said(
        fit,
        'review',
        reasonOf('boundary_rules_contest', { count: contesting.length, priority: first.priority }),
      );
    const other = asked.find((systemId) => systemId !== fit.systemId);
    return other === undefined
      ? said(fit, 'linked', reasonOf('boundary_rule_fits', { rule: fit.ruleId, priority: fit.priority }))
      : said(fit, 'review', reasonOf('boundary_component_asked', { system: other }));
  });
}

function besideHolders(fit: Fit, held: readonly Holder[]): BoundaryDecision {
  const [first] = held;
  if (!first || held.some(({ systemId }) => systemId === fit.systemId))
    return said(fit, 'linked', reasonOf('boundary_rule_agrees', { rule: fit.ruleId }));
  return said(fit, 'rejected', reasonOf(firstCode[first.how], { system: first.systemId }));
}

function decideInherited(fit: Fit, { holders }: Standing, answers: ReadonlySet<string>): BoundaryDecision {
  if (holders.some(({ systemId, how }) => systemId === fit.systemId && how === 'owner'))
    return said(fit, 'rejected', reasonOf('boundary_owner_first', { system: fit.systemId }));
  const other = [...answers].find((systemId) => systemId !== fit.systemId);
  return other === undefined
    ? said(fit, 'review', reasonOf('boundary_nobody_responsible'))
    : said(fit, 'linked', reasonOf('boundary_inherits', { rule: fit.ruleId, system: other }));
}
