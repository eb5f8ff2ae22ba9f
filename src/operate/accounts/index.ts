export type { AccountsApp } from './accounts-app.ts';
export { actorOf } from './people/actor.ts';
export {
  type AccountDetail,
  addAccount,
  disableAccount,
  displayNameOf,
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
  endSessionsOf,
  findSessions,
  isSteppedUp,
  type OpenOutcome,
  recheckSession,
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
export {
  findGrants,
  giveGrant,
  type GrantChange,
  type GrantRequest,
  previewRevocation,
  revokeGrant,
} from './grants/grants.ts';
export { type GrantEffect } from './grants/grant-effect.ts';
export { type GrantRow } from './grants/grants.sql.ts';
export {
  authenticateToken,
  findTokens,
  type MadeToken,
  makeToken,
  recheckToken,
  revokeToken,
  type TokenOutcome,
  type TokenRequest,
} from './tokens/tokens.ts';
export { type TokenRow } from './tokens/tokens.sql.ts';
export {
  fetchLink,
  makeFirstAdministratorLink,
  makeLink,
  type OneTimeLink,
  redeemLink,
} from './people/one-time-links.ts';
export type { SavedView, ViewShare } from './views/saved-views.sql.ts';
export {
  addView,
  changeView,
  chooseDefault,
  removeView,
  type ViewChange,
  type Views,
  viewsOf,
} from './views/saved-views.ts';
export { type DemoPerson, makeDemoPeople, signInDemoPerson } from './people/demo-people.ts';
export { type LocalCommand, localOrigin, recordLocalCommand, recordLocalExport } from './local-command.ts';
export { listedGrants, listedTokens, listedUsers, type UserRow } from './lists/account-lists.sql.ts';
