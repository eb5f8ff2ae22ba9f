/** Pure: when a session ends by itself, and which end when another begins (SP 800-53 AC-10, AC-12). */
import type { AccessSettings } from '../../../platform/config/index.ts';
import { minutesAfter } from '../accounts-app.ts';
import { mustHaveFactor } from '../factors/factor-rules.ts';
import { isLocked } from '../people/actor.ts';
import type { PrincipalRow } from '../people/principals.sql.ts';
import type { EndReason } from './session-ends.ts';
import type { FoundSession, SessionRow } from './sessions.sql.ts';

/** A session that is open, with when it ends if nobody does anything. */
export interface OpenSession extends SessionRow {
  readonly idleEndsAt: Date;
  readonly endsAt: Date;
}

/** What comes before anything else in a session. */
export interface Musts {
  readonly mustChangePassword: boolean;
  /** Once the password is theirs. */
  readonly mustSetUpFactor: boolean;
}

/** @param about.mustChangePassword of the account: who came from outside gave no password, and is asked for another where it is used. */
export const mustsOf = (
  { way, hasFactor }: Pick<FoundSession, 'way' | 'hasFactor'>,
  about: { readonly mustChangePassword: boolean; readonly isPrivileged: boolean },
  { secondFactor }: Pick<AccessSettings, 'secondFactor'>,
): Musts => ({
  mustChangePassword: about.mustChangePassword && (way === 'local' || way === 'demo'),
  mustSetUpFactor: !hasFactor && mustHaveFactor(secondFactor, { way, isPrivileged: about.isPrivileged }),
});

type Rules = Pick<
  AccessSettings,
  | 'sessionIdleMinutes'
  | 'sessionIdlePrivilegedMinutes'
  | 'sessionHours'
  | 'sessionsEach'
  | 'sessionsEachPrivileged'
>;

export function withEnds(session: SessionRow, isPrivileged: boolean, rules: Rules): OpenSession {
  const { sessionIdleMinutes, sessionIdlePrivilegedMinutes, sessionHours } = rules;
  const idle = isPrivileged ? Math.min(sessionIdleMinutes, sessionIdlePrivilegedMinutes) : sessionIdleMinutes;
  const endsAt = minutesAfter(session.createdAt, sessionHours * 60);
  const idleEndsAt = minutesAfter(session.lastActivityAt, idle);
  return { ...session, endsAt, idleEndsAt: idleEndsAt < endsAt ? idleEndsAt : endsAt };
}

/** @returns why it is to end now; undefined: it continues. */
export function findEnd(
  session: OpenSession,
  principal: Pick<PrincipalRow, 'status' | 'lockedUntil'>,
  at: Date,
): EndReason | undefined {
  if (principal.status === 'disabled') return 'disabled';
  if (isLocked(principal, at)) return 'locked';
  if (session.endsAt <= at) return 'too_old';
  return session.idleEndsAt <= at ? 'idle' : undefined;
}

/** Those that end so that one more may begin. @param open the oldest first. */
export function sessionsToEnd<S>(open: readonly S[], isPrivileged: boolean, rules: Rules): readonly S[] {
  const { sessionsEach, sessionsEachPrivileged } = rules;
  const most = isPrivileged ? Math.min(sessionsEach, sessionsEachPrivileged) : sessionsEach;
  return open.slice(0, Math.max(0, open.length - most + 1));
}
