export type { AccountsApp } from './accounts-app.ts';
export { actorOf } from './people/actor.ts';
export {
  type AccountDetail,
  addAccount,
  disableAccount,
  enableAccount,
  fetchAccount,
  findAccounts,
  lockAccount,
  type NewAccount,
  unlockAccount,
} from './people/people.ts';
export { type PrincipalRow } from './people/principals.sql.ts';
export { type PasswordChange, setPassword } from './passwords/set-password.ts';
export { type SignedIn } from './sign-in/begin-session.ts';
export { type Refusal } from './sign-in/check-password.ts';
export { type OpenSession } from './sign-in/session-decision.ts';
export { type EndReason, endSentences } from './sign-in/session-ends.ts';
export {
  authenticateSession,
  endSession,
  findSessions,
  isSteppedUp,
  type OpenOutcome,
  requireOpen,
  requirePermission,
  requireSteppedUp,
  type SessionOutcome,
  signOut,
} from './sign-in/sessions.ts';
export { type SessionRow } from './sign-in/sessions.sql.ts';
export {
  requireGranted,
  signIn,
  type SignInOutcome,
  type SignInRequest,
  stepUp,
  type SteppedUp,
} from './sign-in/sign-in.ts';
