/** Random histories of requests, decisions, patches, syncs and days: no deviation outlives its expiry, on either side. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everywhere } from '../../canonical/access/index.ts';
import { decideRequest } from '../requests/index.ts';
import { readRequest, requestDeviation, withdrawDeviation } from './index.ts';
import { type DeviationWorld, deviationWorld, person } from '../../../test/support/deviation-world.ts';

let world: DeviationWorld;
beforeAll(async () => {
  world = await deviationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const ann = person('Ann', 'analyst');
const deciders = [person('Dee', 'ao'), person('Ben', 'isso'), ann];
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const later = (days: number): Date => new Date(world.today.getTime() + days * 86_400_000);

type Move =
  | { readonly do: 'ask'; readonly assets: readonly (1 | 2 | 3)[] | undefined; readonly days: number }
  | { readonly do: 'decide'; readonly which: number; readonly who: number; readonly approved: boolean }
  | { readonly do: 'withdraw'; readonly which: number }
  | { readonly do: 'fix' | 'break'; readonly asset: 1 | 2 | 3 }
  | { readonly do: 'days'; readonly days: number }
  | { readonly do: 'sync' };

const machine = fc.constantFrom(1 as const, 2 as const, 3 as const);
const moveArb: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    do: fc.constant('ask' as const),
    assets: fc.option(fc.uniqueArray(machine, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    days: fc.nat(40),
  }),
  fc.record({
    do: fc.constant('decide' as const),
    which: fc.nat(3),
    who: fc.nat(2),
    approved: fc.constantFrom(true, true, true, false),
  }),
  fc.record({ do: fc.constant('withdraw' as const), which: fc.nat(5) }),
  fc.record({ do: fc.constantFrom('fix' as const, 'break' as const), asset: machine }),
  fc.record({ do: fc.constant('days' as const), days: fc.nat(15) }),
  fc.constant({ do: 'sync' as const }),
);

const refusals = new Set([
  'DEVIATION_INCOMPLETE',
  'DEVIATION_OVER',
  'APPROVAL_MOVED',
  'APPROVAL_OWN',
  'APPROVAL_ROLE',
  'NOT_ALLOWED',
]);
/** What a person tries may be refused, for a reason that is one. */
async function tried(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!refusals.has(code)) throw error;
  });
}

async function idOf(query: string, which: number): Promise<string | undefined> {
  const { rows } = await world.database.pool.query<{ id: string }>(query);
  return rows[which % Math.max(rows.length, 1)]?.id;
}

const moves: Readonly<{ [Name in Move['do']]: (move: Extract<Move, { do: Name }>) => Promise<void> }> = {
  ask: ({ assets, days }) =>
    tried(
      requestDeviation(
        world.app,
        ann,
        everywhere,
        readRequest({
          kind: 'risk_acceptance',
          poam: 'P-1',
          rationale: 'x',
          details: { conditions: 'y' },
          until: dayOf(later(days)),
          ...(assets === undefined ? {} : { assets: assets.map((n) => `web-${n}`) }),
        }),
      ),
    ),
  async decide({ which, who, approved }) {
    const id = await idOf(
      `select approval_id::text as id from approvals where status = 'pending' order by id`,
      which,
    );
    const actor = deciders[who] ?? ann;
    if (id !== undefined)
      await tried(decideRequest(world.app, actor, everywhere, { id, approved, reason: 'because' }));
  },
  async withdraw({ which }) {
    const id = await idOf(`select id::text from deviations order by id`, which);
    if (id !== undefined)
      await tried(
        withdrawDeviation(
          world.app,
          { actor: deciders[which % 3] ?? ann, scope: everywhere },
          { id: Number(id), reason: 'z' },
        ),
      );
  },
  fix: ({ asset }) => world.fix(asset),
  async break({ asset }) {
    await world.database.pool.query(
      `update ingestion_vulnerabilities set lifecycle_state = 'reopened' where asset_ref = $1::uuid and lifecycle_state = 'fixed'`,
      [world.asset(asset)],
    );
  },
  days({ days }) {
    world.today = later(days);
    return Promise.resolve();
  },
  sync: () => world.follow(),
};

/** Rows that would break a promise; each query is empty. */
const promises: readonly string[] = [
  // At rest nothing holds that is past its last day, nor waits for a decision that could not count.
  `select id, state, expires_on from deviations where state in ('requested', 'approved') and expires_on < $1::date`,
  // A rule outlives nothing: its own last day is that of its deviation, and with the deviation it ends.
  `select c.id from deviation_rules r join acceptances c on c.id = r.acceptance_id join deviations d on d.id = r.deviation_id
    where $1::date is not null and (c.status = 'active' and d.state <> 'approved' or c.expires_at is distinct from d.expires_on + time '23:59:59')`,
  // A rule is for exactly what was asked: a machine of its deviation, which the AO approved and the requester did not.
  `select r.acceptance_id from deviation_rules r join deviations d on d.id = r.deviation_id
    where $1::date is not null and (d.decided_by is distinct from 'Dee'
       or not d.is_whole_poam and not exists (select from deviation_assets a where a.deviation_id = d.id and a.asset_uuid = r.asset_uuid))`,
  // No machine has two that hold or wait.
  `select a.asset_uuid from ingestion_assets a join deviations d on d.state in ('requested', 'approved')
      and $1::date is not null and (d.is_whole_poam or exists (select from deviation_assets k where k.deviation_id = d.id and k.asset_uuid = a.asset_uuid))
    group by 1 having count(*) > 1`,
  // What waits for a person is of a deviation that is there; what is over waits for nobody.
  `select n.deviation_id from deviation_notices n join deviations d on d.id = n.deviation_id where $1::date is not null and d.state <> 'approved'`,
  `select a.approval_id from approvals a join deviations d on d.id::text = a.subject_id where $1::date is not null and a.status = 'pending' and d.state <> 'requested'`,
  // Whatever happened, the POA&M stays open: only a person's word accepts its risk.
  `select poam_id from ingestion_poams where $1::date is not null and poam_id = 'P-1' and status <> 'Open'`,
];

it('no deviation outlives its expiry on either side, whatever people and scans do in which order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moveArb, { minLength: 5, maxLength: 25 }), async (history) => {
      await world.reset();
      for (const move of history) {
        await moves[move.do](move as never); // the table has each move under its own name
        if (move.do !== 'sync') continue;
        for (const promise of promises) {
          const { rows } = await world.database.pool.query(promise, [dayOf(world.today)]);
          expect({ promise, rows }).toEqual({ promise, rows: [] });
        }
      }
      await world.follow();
      for (const promise of promises) {
        const { rows } = await world.database.pool.query(promise, [dayOf(world.today)]);
        expect({ promise, rows }).toEqual({ promise, rows: [] });
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);
