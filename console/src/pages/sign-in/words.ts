import type { Role } from '../../../../src/canonical/access/index.ts';

export const words = {
  signIn: 'Sign in to Tieline',
  ended: 'You were signed out because nobody used the session. Sign in, and you are back where you were.',
  acknowledge: 'I have read this and agree',
  demo: 'This is the demo. Enter as one of these people:',
  noWay: 'There is no way to sign in here yet. On the machine, run: tieline users add --admin',
};

/** What each role of the demo is for, in one line. */
export const roleTasks: Record<Role, string> = {
  viewer: 'sees everything, changes nothing',
  analyst: 'works with findings and matches',
  isso: 'keeps the POA&Ms of one system',
  issm: 'approves what is sent, sets policies',
  ao: 'accepts risks, approves',
  auditor: 'reads and exports the evidence',
  operator: 'runs syncs and connections',
  admin: 'manages people and settings',
};
