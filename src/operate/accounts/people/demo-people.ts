/** One person for each role, without a password: only the process that `demo` started lets them in, by one click. */
import { allRoles, type Role, roles } from '../../../canonical/access/index.ts';
import type { Origin } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import { insertGrant, listGrants } from '../grants/grants.sql.ts';
import { beginSession, type SignedIn } from '../sign-in/begin-session.ts';
import { findPrincipal, insertPrincipal } from './principals.sql.ts';

export interface DemoPerson {
  readonly role: Role;
  readonly title: string;
  readonly name: string;
  readonly displayName: string;
}

const people: Readonly<Record<Role, readonly [name: string, displayName: string]>> = {
  viewer: ['v.reyes', 'Vera Reyes'],
  analyst: ['a.lindqvist', 'Anna Lindqvist'],
  isso: ['m.okafor', 'Martin Okafor'],
  issm: ['s.haddad', 'Salma Haddad'],
  ao: ['r.whitfield', 'Ruth Whitfield'],
  auditor: ['t.nakamura', 'Tom Nakamura'],
  privacy_officer: ['j.brandt', 'Johanna Brandt'],
  operator: ['p.kovacs', 'Peter Kovacs'],
  admin: ['d.almeida', 'Dina Almeida'],
};

const demo = 'demo';

/** Those that are there already stay as they are. */
export async function makeDemoPeople(app: AccountsApp): Promise<DemoPerson[]> {
  return app.store.transaction(async ({ db }) => {
    const at = app.now();
    for (const role of allRoles) {
      const [name, displayName] = people[role];
      const made = await insertPrincipal(db, {
        kind: 'person',
        name,
        displayName,
        createdAt: at,
        createdBy: demo,
      });
      const grant = { gives: { role }, scope: { kind: 'everywhere' as const } };
      if (made)
        await insertGrant(
          db,
          { ...grant, principalId: made.id },
          { at, name: demo, principalId: null, source: 'demo' },
        );
    }
    return allRoles.map((role) => ({
      role,
      title: roles[role].title,
      name: people[role][0],
      displayName: people[role][1],
    }));
  });
}

/**
 * Lets a person of the demo in without a password. The caller makes sure that it is the demo's own process, on loopback.
 * @throws ACCOUNT_UNKNOWN for everybody whom the demo did not make.
 */
export async function signInDemoPerson(
  app: AccountsApp,
  role: Role,
  from: Omit<Origin, 'actor' | 'way'> & { readonly agent?: string },
): Promise<SignedIn> {
  const { agent, ...rest } = from;
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const principal = await findPrincipal(tx.db, people[role][0]);
    const grants = principal ? await listGrants(tx.db, { principalId: principal.id, at }, 100) : [];
    if (principal?.createdBy !== demo || grants.some((each) => each.source !== 'demo'))
      throw new TielineError('ACCOUNT_UNKNOWN', `The demo has no person with the role ${role}.`);
    const origin = { ...rest, way: 'none' as const };
    return beginSession(app, tx, {
      principal,
      at,
      arrival: { way: 'demo', origin, agent, bannerAcknowledged: false },
    });
  });
}
