/** Why a session ended. */
export type EndReason =
  | 'signed_out'
  | 'idle'
  | 'too_old'
  | 'too_many'
  | 'ended'
  | 'locked'
  | 'disabled'
  | 'password_changed'
  | 'provider'
  | 'identity_removed';

/** What a person is told who comes back to a session that has ended. */
export const endSentences: Readonly<Record<EndReason, string>> = {
  signed_out: 'You signed out.',
  idle: 'You were signed out because nothing was done for a while.',
  too_old: 'You were signed out because the session was too old.',
  too_many:
    'You were signed out because you signed in elsewhere, and only so many sessions are possible at once.',
  ended: 'The session was ended, by you elsewhere or by an administrator.',
  locked: 'The account is locked.',
  disabled: 'The account is disabled.',
  password_changed: 'The password was changed.',
  provider: 'You signed out at the identity provider, or it ended your session.',
  identity_removed: 'The way in which you signed in was taken from the account.',
};
