/** A database with accounts, a clock that the test sets, and what happened as the evidence has it. */
import { randomBytes } from 'node:crypto';
import type { Role } from '../../canonical/access/index.ts';
import type { Origin } from '../../ledger/security/index.ts';
import { Secret } from '../../platform/values/index.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { createSecretBox, masterKeyFrom } from '../../engine/connections/index.ts';
import type { FactorsApp } from './factors/check-factor.ts';
import { insertGrant } from './grants/grants.sql.ts';
import { addAccount } from './people/people.ts';
import { signIn, type SignInOutcome } from './sign-in/sign-in.ts';

export const machine: Origin = {
  way: 'local',
  actor: { principalId: 'local:root', name: 'root', kind: 'local' },
};
export const rightPassword = 'Plover quartz umbrella 9';
export const address = '192.0.2.7';

export interface AccountsWorld {
  readonly app: FactorsApp;
  readonly database: ClonedDatabase;
  /** Moves the clock. */
  pass(minutes: number): void;
  /** @returns its id. */
  person(name: string, ...roles: readonly Role[]): Promise<string>;
  signIn(name: string, password?: string, from?: string): Promise<SignInOutcome>;
  /** Kinds of the events, with their outcomes where these are no success, in order. */
  events(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function accountsWorld(access?: FactorsApp['access']): Promise<AccountsWorld> {
  const database = await cloneDatabase();
  let now = new Date('2026-11-26T12:00:00Z').getTime();
  const app: FactorsApp = {
    secretBox: createSecretBox([masterKeyFrom(new Secret(randomBytes(32).toString('base64')))]),
    db: database.db,
    store: database.store,
    now: () => new Date(now),
    ...(access ? { access } : {}),
  };
  return {
    app,
    database,
    pass: (minutes) => void (now += minutes * 60_000),
    async person(name, ...roles) {
      const { id } = await addAccount(
        app,
        { kind: 'person', name, password: new Secret(rightPassword) },
        machine,
      );
      for (const role of roles)
        await insertGrant(
          database.db,
          { principalId: id, gives: { role }, scope: { kind: 'everywhere' } },
          { at: app.now(), name: 'root', principalId: null, source: 'machine' },
        );
      return id;
    },
    signIn: (name, password = rightPassword, from = address) =>
      signIn(app, {
        name,
        password: new Secret(password),
        address: from,
        agent: 'Test',
        bannerAcknowledged: true,
      }),
    async events() {
      const { rows } = await database.pool.query<{ event: string }>(
        `select event_type || case outcome when 'success' then '' else ' ' || outcome || coalesce(': ' || failure_reason, '') end as event
           from security_events_extended order by id`,
      );
      return rows.map((row) => row.event);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
