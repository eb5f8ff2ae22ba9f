import type { Role } from '../../../../src/canonical/access/index.ts';
import type { OutsideRefusal } from '../../../../src/contract/index.ts';

export const words = {
  signIn: 'Sign in to Tieline',
  ended: 'You were signed out because nobody used the session. Sign in, and you are back where you were.',
  acknowledge: 'I have read this and agree',
  demo: 'This is the demo. Enter as one of these people:',
  noWay: 'There is no way to sign in here yet. On the machine, run: tieline users add --admin',
  or: 'or with a password',
  request: 'Number of this attempt in the security log:',
};

/** What each role of the demo is for, in one line. */
export const roleTasks: Record<Role, string> = {
  viewer: 'sees everything, changes nothing',
  analyst: 'works with findings and matches',
  isso: 'keeps the POA&Ms of one system',
  issm: 'approves what is sent, sets policies',
  ao: 'accepts risks, approves',
  auditor: 'reads and exports the evidence',
  privacy_officer: 'handles privacy requests and disclosures',
  operator: 'runs syncs and connections',
  admin: 'manages people and settings',
};

/** Why who came back from an identity provider or with a card is not signed in, and what they can do. */
export const refusalWords: Record<OutsideRefusal, string> = {
  unknown:
    'You proved who you are, but no account here is yours yet. An administrator now sees that you asked, and can let you in.',
  name_taken:
    'You proved who you are, but an account of your name exists and is not tied to this sign-in. An administrator now sees that you asked, and can tie it.',
  disabled: 'Your account is disabled. Ask an administrator.',
  locked: 'Your account is locked. Ask an administrator to unlock it.',
  service: 'This account belongs to a program, which signs in by tokens only.',
  banner: 'The notice was not acknowledged. Read it and sign in again.',
  cancelled: 'The identity provider did not sign you in: it was cancelled there, or refused.',
  expired:
    'This sign-in was begun in another tab or browser, too long ago, or came back before. Sign in again.',
  other_person: 'Another person signed in at the identity provider. Sign in again as yourself.',
  too_weak:
    'You signed in there in a way that is not strong enough for Tieline, such as without your card or second factor. Sign in again with it.',
  proof:
    'The answer of the identity provider did not hold when it was checked. If it happens again, tell an administrator.',
  unreachable:
    'The identity provider cannot be reached. Try again in some minutes, or tell an administrator.',
  late: 'This sign-in was begun in another tab or browser, took longer than a minute, or came back before. Sign in again.',
  too_often: 'Too many sign-ins came from this address. Wait a minute, and sign in again.',
  no_card:
    'No certificate came. Insert your card, and choose its certificate for authentication when the browser asks. If it does not ask, close all its windows and begin again.',
  card_unreadable:
    'Your certificate did not arrive whole. Tell an administrator: the proxy in front of Tieline is not set up right.',
  card_expired: 'The certificate of your card has expired, or is not valid yet. Have the card renewed.',
  card_revoked: 'The certificate of your card was revoked. Have a new card issued.',
  card_not_for_sign_in:
    'This certificate is not for signing in. Choose the one for authentication, not those for signatures or e-mail. If the browser does not ask again, close all its windows first.',
  card_not_trusted:
    'Cards of this authority do not sign in here. Choose another certificate of your card; if there is none, tell an administrator.',
  card_not_checked:
    'Whether your card was revoked cannot be told at the moment, so it is not accepted. Tell an administrator: the lists of revoked certificates are missing or too old.',
  card_nobody:
    'This certificate does not say whose it is in the way that is asked for here. Choose another certificate of your card, or tell an administrator.',
  settings: 'Sign-in by the identity provider is not set up right. Tell an administrator.',
};
