/** Rules of boundaries, what they move, and why an asset is where it is, as people read it. */
import { conditionKinds, conditionText } from '../../../canonical/boundary-rules/index.ts';
import type { BoundaryRule, RuleEffect } from '../../../modules/boundary-rules/index.ts';
import type { MatchExplanation } from '../../../review/boundary-rules/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { counted } from '../kit/table.ts';

export const rulesTable = (rules: readonly BoundaryRule[], width: number | undefined): string =>
  fittedTable(
    ['RULE', 'PRIORITY', 'SYSTEM', 'ROLE', 'WHERE', 'ASSETS', 'ASKED', 'OTHERS', 'NOTE'],
    rules.map((rule) => [
      String(rule.id),
      String(rule.priority),
      rule.systemId,
      rule.role,
      conditionText(rule.conditions),
      String(rule.linked),
      String(rule.review),
      String(rule.rejected),
      rule.endedAt === null ? (rule.note ?? '') : `ended by ${rule.endedBy ?? ''}`,
    ]),
    width,
  );

const shownAtMost = 20;
const nameOf = ({ hostname, assetUuid }: { readonly hostname: string | null; readonly assetUuid: string }) =>
  `${hostname ?? '(no name)'} (${assetUuid.slice(0, 8)})`;
const placesText = (places: RuleEffect['moves'][number]['before']): string =>
  places.length === 0
    ? 'in no system by a rule'
    : places
        .map(({ systemId, role }) => (role === 'inherited' ? `${systemId}, inherited` : systemId))
        .join(' and ');

export function effectLines(effect: RuleEffect): string[] {
  const { moved, moves, asked, questions, settled } = effect;
  if (moved + asked + settled === 0) return ['No asset would move, and nobody would be asked.'];
  const more = (all: number, shown: number): string[] => (all > shown ? [`  … and ${all - shown} more`] : []);
  const shownMoves = moves.slice(0, shownAtMost);
  const shownQuestions = questions.slice(0, shownAtMost);
  return [
    `Moves ${counted(moved, 'asset', 'assets')}${moved > 0 ? ':' : '.'}`,
    ...shownMoves.map((move) => `  ${nameOf(move)}: ${placesText(move.before)} -> ${placesText(move.after)}`),
    ...more(moved, shownMoves.length),
    ...(asked === 0 ? [] : [`A person is asked about ${counted(asked, 'asset', 'assets')}:`]),
    ...shownQuestions.map((each) => `  ${nameOf(each)}: ${each.systemIds.join(' or ')}`),
    ...more(asked, shownQuestions.length),
    ...(settled === 0 ? [] : [`Nobody is asked any more about ${counted(settled, 'asset', 'assets')}.`]),
  ];
}

const byWords = {
  component: 'one of its components',
  rule: 'by a rule or a person',
  owner: 'assigned in the record',
} as const;

/** What decided, what it went by, and what came before it; each line can be acted on. */
export function explanationLines({ asset, memberships, decisions, components }: MatchExplanation): string[] {
  return [
    `${asset.hostname ?? '(no name)'}  ${asset.assetUuid}`,
    '',
    ...(memberships.length === 0
      ? ['In no system.']
      : memberships.map(
          ({ systemId, name, role, isMain, by }) =>
            `In ${systemId}${name === null ? '' : ` (${name})`}, ${role}${isMain ? ', its main system' : ''}: ${byWords[by]}`,
        )),
    ...(components.length === 0 ? ['', 'No component shares an identifier with it.'] : ['', 'Components:']),
    ...components.map(
      ({ system, componentId, decision, score, reason, decidedBy }) =>
        `  ${componentId} of ${system}: ${decision}, score ${score}; ${reason} (${decidedBy})`,
    ),
    ...(decisions.length === 0 ? ['', 'No rule of a system fits it.'] : ['', 'Rules of systems:']),
    ...decisions.flatMap(({ systemId, decision, role, ruleId, evidence, reason, decidedBy }) => [
      `  ${systemId}, ${role}${ruleId === null ? '' : `, rule ${ruleId}`}: ${decision}; ${reason ?? ''} (${decidedBy})`,
      ...evidence.map(({ kind, value, found }) => `      ${conditionKinds[kind].title} ${value}: ${found}`),
    ]),
  ];
}
