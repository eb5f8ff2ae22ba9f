/** What is to become of each weakness: which POA&M answers it, or what a new one is to say. Pure. */
import { severities, type Severity } from '../../canonical/vocabulary/index.ts';
import { adjustmentOf, type DueDatesOf, type ReasonedDate } from '../due-dates/index.ts';
import { answersOf, hasEnded, type Answers } from './poam-answers.ts';
import { controlsFor, type ControlRule, titleOf } from './weakness.ts';
import type { WeaknessRow } from './list-weaknesses.sql.ts';
import type { SystemControl } from './weaknesses.sql.ts';
import type { WeaknessToSave } from '../../record/weaknesses/index.ts';

export interface Controls {
  readonly rules: readonly ControlRule[];
  /** For each system, the controls under which its GRC system takes a POA&M. */
  readonly bySystem: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * The controls of each system that a POA&M may be filed under: one that is inherited is not, since its provider answers for it.
 * @param isInherited by the GRC system's own record of the control.
 */
export function ownControls(
  controls: readonly SystemControl[],
  isInherited: (control: SystemControl) => boolean,
): Controls['bySystem'] {
  const own = controls.filter(
    (control) => !/^\s*(fully )?inherited\s*$/i.test(control.origination ?? '') && !isInherited(control),
  );
  return new Map(
    [...Map.groupBy(own, (control) => control.systemId)].map(([systemId, of]) => [
      systemId,
      new Set(of.map((control) => control.controlId)),
    ]),
  );
}

export interface JudgedWeakness {
  /** As far as it is to be answered: without the findings that a contradiction holds. */
  readonly weakness: WeaknessRow;
  readonly answers: Answers;
  readonly save: Omit<WeaknessToSave, 'poamId'>;
  readonly control: string | undefined;
  readonly due: ReasonedDate;
}

const gravest = (found: readonly Severity[]): Severity | undefined =>
  severities.findLast((severity) => found.includes(severity));

/** The weakness over some of its findings only. */
function over(weakness: WeaknessRow, findings: Answers['open']): WeaknessRow {
  const days = findings.map((finding) => finding.firstFound.slice(0, 10)).toSorted();
  return {
    ...weakness,
    severity: gravest(findings.map((finding) => finding.severity)) ?? weakness.severity,
    // A new POA&M beside one that has ended is about these findings: it counts from the first of them.
    detectedOn: days[0] ?? weakness.detectedOn,
    findings: findings.length,
    assets: [...new Set(findings.map((finding) => finding.asset))].toSorted(),
  };
}

/** Answer, due date and controls of a weakness. */
export function judge(found: WeaknessRow, controls: Controls, dueDatesOf: DueDatesOf): JudgedWeakness {
  const answers = answersOf(found.candidates, found.open ?? []);
  const weakness = found.open === null ? found : over(found, answers.open);
  const due = dueDatesOf(weakness);
  const matched = controlsFor(weakness, controls.rules);
  const known = controls.bySystem.get(weakness.systemId);
  return {
    weakness,
    answers,
    due,
    // The GRC system refuses a control that the system does not have; where it has none of them, the person decides.
    control: matched.controls.find((each) => known?.has(each.toUpperCase())),
    save: {
      systemId: weakness.systemId,
      grouping: weakness.grouping,
      identifier: weakness.identifier,
      ruleId: weakness.ruleId,
      title: titleOf(weakness),
      pluginId: weakness.grouping === 'plugin' ? null : weakness.pluginId,
      severity: weakness.severity,
      detectedOn: weakness.detectedOn,
      dueOn: due.on,
      dueReason: due.reason,
      dueAdjustment: adjustmentOf(due.answers),
      controls: matched.controls,
      controlReason: matched.reason,
    },
  };
}

/** Whether some POA&M answers what is open of the weakness. */
export const isAnswered = ({ weakness, answers }: JudgedWeakness): boolean =>
  answers.by !== undefined && weakness.findings > 0;

/** Whether a POA&M is to be made for what is open of the weakness. */
export const isUnanswered = ({ weakness, answers }: JudgedWeakness): boolean =>
  answers.by === undefined && weakness.findings > 0;

/** Findings that point at a POA&M that has ended, or at none, and are to point at another. @param poamId that answers, or is made. */
export function repointed(
  { weakness, answers }: JudgedWeakness,
  poamId: string | undefined,
): { readonly id: number; readonly poamId: string }[] {
  const isFinding = ({ id }: { readonly id: number }): boolean => id > 0;
  const ended = new Set(weakness.candidates.filter((each) => hasEnded(each)).map((each) => each.id));
  return [
    ...answers.contradicted.flatMap(({ poam, findings }) =>
      findings
        .filter((each) => isFinding(each) && each.poam !== poam.id)
        .map(({ id }) => ({ id, poamId: poam.poamId })),
    ),
    ...(poamId === undefined
      ? []
      : answers.open
          .filter((each) => isFinding(each) && each.poam !== null && ended.has(each.poam))
          .map(({ id }) => ({ id, poamId }))),
  ];
}
