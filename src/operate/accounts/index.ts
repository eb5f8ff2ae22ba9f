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
  unlockAccount,
} from './people/people.ts';
export { type PrincipalRow } from './people/principals.sql.ts';
export { setPassword } from './passwords/set-password.ts';
export { type SignedIn } from './sign-in/begin-session.ts';
export { type OpenSession } from './sign-in/session-decision.ts';
export {
  authenticateSession,
  endSession,
  endSessionsOf,
  isSteppedUp,
  recheckSession,
  requireOpen,
  signOut,
} from './sign-in/sessions.ts';
export { requireGranted, signIn, stepUp } from './sign-in/sign-in.ts';
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
export { authenticateToken, findTokens, makeToken, recheckToken, revokeToken } from './tokens/tokens.ts';
export { type TokenRow } from './tokens/tokens.sql.ts';
export {
  makeFirstAdministratorLink,
  makeLink,
  type OneTimeLink,
  redeemLink,
} from './people/one-time-links.ts';
export { addView, changeView, chooseDefault, removeView, viewsOf } from './views/saved-views.ts';
export { makeDemoPeople, signInDemoPerson } from './people/demo-people.ts';
export { localOrigin, recordLocalCommand, recordLocalExport } from './local-command.ts';
export { listedGrants, listedTokens, listedUsers } from './lists/account-lists.sql.ts';
