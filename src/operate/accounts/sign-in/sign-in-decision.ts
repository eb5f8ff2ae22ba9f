/** Pure: what comes of a sign-in (SP 800-53 AC-7). Who asks is told the same whatever the reason of a refusal is. */
import type { AccessSettings } from '../../../platform/config/index.ts';
import { minutesAfter, minutesBefore } from '../accounts-app.ts';
import { isLocked } from '../people/actor.ts';
import type { PrincipalRow } from '../people/principals.sql.ts';

type Standing = Pick<PrincipalRow, 'kind' | 'status' | 'lockedUntil' | 'failuresCountedFrom'>;
type Rules = Pick<AccessSettings, 'lockAfter' | 'lockWindowMinutes' | 'lockMinutes'>;

export type SignInDecision =
  | { readonly kind: 'granted'; /** Its lock has run out. */ readonly releases: boolean }
  | {
      readonly kind: 'refused';
      readonly why: 'unknown' | 'service' | 'disabled' | 'locked' | 'wrong';
      readonly locks?: { readonly until: Date | undefined };
    };

/** From when refused sign-ins count: the window, the last success or release, or the end of the last lock. */
export function failuresCountFrom(principal: Standing, at: Date, rules: Rules): Date {
  const moments = [
    minutesBefore(at, rules.lockWindowMinutes),
    principal.failuresCountedFrom,
    principal.lockedUntil,
  ];
  return new Date(Math.max(...moments.map((each) => (each !== null && each <= at ? each.getTime() : 0))));
}

export function decideSignIn(facts: {
  readonly principal: Standing | undefined;
  readonly isRight: boolean;
  /** Refused ones since `failuresCountFrom`, without this one. */
  readonly failures: number;
  readonly at: Date;
  readonly rules: Rules;
}): SignInDecision {
  const { principal, isRight, failures, at, rules } = facts;
  if (!principal) return { kind: 'refused', why: 'unknown' };
  if (principal.kind === 'service') return { kind: 'refused', why: 'service' };
  if (principal.status === 'disabled') return { kind: 'refused', why: 'disabled' };
  if (isLocked(principal, at)) return { kind: 'refused', why: 'locked' };
  if (isRight) return { kind: 'granted', releases: principal.status === 'locked' };
  if (failures + 1 < rules.lockAfter) return { kind: 'refused', why: 'wrong' };
  const until = rules.lockMinutes > 0 ? minutesAfter(at, rules.lockMinutes) : undefined;
  return { kind: 'refused', why: 'wrong', locks: { until } };
}
