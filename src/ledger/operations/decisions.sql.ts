/**
 * Who decided and why, as columns: `decided_by_kind`, `decided_by` (a person or a policy; null of a rule), `rule_code`, and `reason` (what
 * a person or a remote wrote) or `reason_code` with `reason_params`. Written as values of SQL, and read into what people are shown.
 */
import {
  type Decider,
  type DeciderKind,
  deciderText,
  type Reason,
  type ReasonCode,
  type ReasonParams,
  reasonSentence,
  type RuleCode,
} from '../../canonical/vocabulary/index.ts';

/** SQL of the values of `decided_by_kind, rule_code`. Codes are words of this program, never input. */
export const ruleValues = (code: RuleCode): string => `'rule', '${code}'`;

/** SQL of the value of `reason_code`. */
export const reasonValue = (code: ReasonCode): string => `'${code}'`;

/** A decider as the values of its three columns. */
export const deciderColumns = (
  decider: Decider,
): { readonly kind: DeciderKind; readonly by: string | null; readonly rule: RuleCode | null } =>
  decider.kind === 'rule'
    ? { kind: 'rule', by: null, rule: decider.code }
    : { kind: decider.kind, by: decider.name, rule: null };

/** A reason as the values of its three columns: a text is what a person wrote. */
export const reasonColumns = (
  reason: Reason | string | undefined,
): {
  readonly reason: string | null;
  readonly reasonCode: ReasonCode | null;
  readonly reasonParams: ReasonParams | null;
} =>
  typeof reason === 'object'
    ? { reason: null, reasonCode: reason.code, reasonParams: reason.params ?? null }
    : { reason: reason ?? null, reasonCode: null, reasonParams: null };

/** As it is stored. */
export interface StoredReason {
  readonly reason: string | null;
  readonly reasonCode: ReasonCode | null;
  readonly reasonParams: ReasonParams | null;
}
export interface StoredDecider {
  readonly decidedByKind: DeciderKind;
  readonly decidedBy: string | null;
  readonly ruleCode: RuleCode | null;
}

/** Who decided, as one text: `rule:…`, `policy:…`, or a person's name. @param params of the reason, which a rule's sentence may name too. */
export const shownDecider = (
  { decidedByKind: kind, decidedBy, ruleCode }: StoredDecider,
  params: ReasonParams | null = null,
): string =>
  kind === 'rule' && ruleCode !== null
    ? deciderText({ kind, code: ruleCode, ...(params === null ? {} : { params }) })
    : deciderText({ kind: kind === 'policy' ? kind : 'person', name: decidedBy ?? '' });

/** Why, as the sentence that people are shown; null where no reason was given. */
export const shownReason = ({ reason, reasonCode, reasonParams }: StoredReason): string | null =>
  reasonCode === null ? reason : reasonSentence(reasonCode, reasonParams);

export interface ShownDecision {
  /** `rule:…`, `policy:…`, or a person's name: for people and for programs that only show it. */
  readonly decidedBy: string;
  readonly decidedByKind: DeciderKind;
  /** Which rule, where one decided. */
  readonly ruleCode: RuleCode | null;
  /** The sentence that people are shown. */
  readonly reason: string | null;
  /** Which reason, where Tieline gave it. */
  readonly reasonCode: ReasonCode | null;
}

/** A row with the texts that people are shown in place of what is stored. */
export function shownDecision<R extends StoredDecider & StoredReason>(
  row: R,
): Omit<R, keyof StoredDecider | keyof StoredReason> & ShownDecision {
  const { decidedByKind, decidedBy, ruleCode, reason: _reason, reasonCode, reasonParams, ...rest } = row;
  return {
    ...rest,
    decidedBy: shownDecider({ decidedByKind, decidedBy, ruleCode }, reasonParams),
    decidedByKind,
    ruleCode,
    reason: shownReason(row),
    reasonCode,
  };
}

/** SQL of the columns of a row `alias`, under the names of `StoredDecider` and `StoredReason`. */
export const decisionColumnsOf = (alias: string): string =>
  `${alias}.decided_by_kind as "decidedByKind", ${alias}.decided_by as "decidedBy", ${alias}.rule_code as "ruleCode", ${alias}.reason,
   ${alias}.reason_code as "reasonCode", ${alias}.reason_params as "reasonParams"`;
