export type { AccountsApp } from './accounts-app.ts';
export type { SignInCheck } from './sign-in-check.ts';
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
export { findAccountOfAddress, type PrincipalRow } from './people/principals.sql.ts';
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
export { requireGranted, signIn } from './sign-in/sign-in.ts';
export { askKeyForTicket, finishSignIn, type SecondFactorAsked } from './sign-in/second-step.ts';
export { fetchSignInRules, type SignInRules } from './sign-in/sign-in-rules.ts';
export { askKeyForStepUp, confirmPassword, stepUp } from './sign-in/step-up.ts';
export { type FactorProof } from './factors/check-factor.ts';
export { relyingPartyOf } from './factors/factor-rules.ts';
export { fetchOwnFactors, isFactorRequired } from './factors/own-factors.ts';
export {
  beginApp,
  beginKey,
  confirmApp,
  confirmKey,
  makeRecoveryCodes,
  removeFactor,
} from './factors/set-up.ts';
export { findFactorsReset } from './factors/factors.sql.ts';
export { fewCodes } from './factors/recovery-codes.ts';
export { resetFactors } from './factors/reset-factors.ts';
export { checkFactorSecrets, listFactorSealingKeys, resealFactors } from './factors/seal-factors.ts';
export { outsideWaysOf, stepUpAddressOf } from './sign-in/outside-ways.ts';
export { resealIdTokens } from './oidc/id-tokens.ts';
export { checkOidc } from './oidc/check-oidc.ts';
export { type OpenOidc, openOidc } from './oidc/open-oidc.ts';
export {
  findGrants,
  giveGrant,
  type GrantChange,
  type GrantRequest,
  previewRevocation,
  revokeGrant,
} from './grants/grants.ts';
export {
  findGroupGrants,
  giveGroupGrant,
  type GroupGrantChange,
  revokeGroupGrant,
} from './groups/group-grants.ts';
export { type GroupGrantRow } from './groups/group-grants.sql.ts';
export {
  dismissIdentity,
  findUnknownIdentities,
  linkIdentity,
  unlinkIdentity,
} from './identities/link-identity.ts';
export { type UnknownIdentity } from './identities/unknown-identities.sql.ts';
export { type GrantEffect } from './grants/grant-effect.ts';
export { type GrantRow } from './grants/grants.sql.ts';
export { authenticateToken, findTokens, makeToken, recheckToken, revokeToken } from './tokens/tokens.ts';
export { recordUsesElsewhere } from './tokens/uses-elsewhere.ts';
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
export { addTeam, changeTeam, removeTeam } from './teams/teams.ts';
export { listTeams, type Team } from './teams/teams.sql.ts';
export { addressesAmong } from './tokens/token-text.ts';
export { plainFingerprint } from './certificates/certificate-facts.ts';
export {
  beginCard,
  type CardArrival,
  type CardRefusal,
  type CardRequest,
  type CardReturn,
  enterByCard,
  finishCard,
  showCard,
} from './certificates/sign-in-by-card.ts';
export { ownPath } from './sign-in/arrival.ts';
export { type CardDesk, type CardOutcome, openCardDesk } from './certificates/card-desk.ts';
export { faultsOfCardSettings } from './certificates/card-settings.ts';
export { checkCards } from './certificates/check-cards.ts';
export { checkProxy } from './certificates/check-proxy.ts';
