/**
 * The shipped workflows over a generated year: POA&Ms that are made, moved and completed, findings that are fixed and come back, deviations that are
 * asked for. What a replay says is held against what the year was made of, counted without any of its code.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { shippedWorkflows } from '../catalogue/index.ts';
import { everyStep } from '../definition/index.ts';
import { type Replay, replayWorkflow } from './index.ts';

const dayMs = 86_400_000;
const days = 365;
const now = new Date('2026-11-27T12:00:00Z');
const from = now.getTime() - days * dayMs;
const timeOf = (day: number, hour = 10): number =>
  Date.parse('2025-11-27T00:00:00Z') + day * dayMs + hour * 3_600_000;

/** Days of the year from its first; what happens on the same day happens at another hour. */
interface Life {
  readonly made: number;
  readonly due: number;
  /** Its day was moved then, to that day. */
  readonly moved: readonly [on: number, to: number] | null;
  readonly completed: number | null;
  readonly fixed: number;
  readonly back: number | null;
  readonly asked: number | null;
  readonly decided: number | null;
}
const after = (day: number, most: number) => fc.integer({ min: day, max: Math.max(day, most) });
const life: fc.Arbitrary<Life> = fc.integer({ min: 1, max: 300 }).chain((made) =>
  fc.record({
    made: fc.constant(made),
    due: after(made + 5, 420),
    moved: fc.option(fc.tuple(after(made + 1, 330), after(made + 6, 420)), { nil: null }),
    completed: fc.option(after(made + 1, 360), { nil: null }),
    fixed: after(made + 1, 330),
    back: fc.option(after(332, 364), { nil: null }),
    asked: fc.option(after(made, 340), { nil: null }),
    decided: fc.option(after(341, 364), { nil: null }),
  }),
);
const count = Number(process.env['TIELINE_YEAR_POAMS'] ?? 150);
const lives = fc.sample(life, { numRuns: count, seed: 17 });

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const rows = lives.map((each, n) => ({
  n: n + 1,
  made: iso(timeOf(each.made, 1)),
  // As it is in the end.
  due: iso(timeOf(each.moved?.[1] ?? each.due, 0)),
  first_due: iso(timeOf(each.due, 0)),
  moved: iso(each.moved && timeOf(each.moved[0], 11)),
  completed: iso(each.completed === null ? null : timeOf(each.completed, 12)),
  fixed: iso(timeOf(each.fixed, 13)),
  back: iso(each.back === null ? null : timeOf(each.back, 14)),
  asked: iso(each.asked === null ? null : timeOf(each.asked, 15)),
  decided: iso(each.decided === null ? null : timeOf(each.decided, 16)),
}));

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(`
    insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-0000-0000-0000000000b1', 'test');
    insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'Payroll', gen_random_uuid());
    create table lives (n int, made timestamptz, due timestamptz, first_due timestamptz, moved timestamptz, completed timestamptz, fixed timestamptz,
                        back timestamptz, asked timestamptz, decided timestamptz)`);
  await database.pool.query(`insert into lives select * from jsonb_populate_recordset(null::lives, $1)`, [
    JSON.stringify(rows),
  ]);
  await database.pool.query(`
    set timezone = 'UTC';
    insert into ingestion_assets (asset_uuid, hostname, system_id)
      select ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid, 'web' || n, 'SYS-1' from lives;
    insert into ingestion_poams (poam_id, system_id, status, weakness_risk_level, scheduled_completion, created_at)
      select 'P-' || n, 'SYS-1', case when completed is null then 'Open' else 'Completed' end, 'High', due, made from lives;
    insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, changed_at)
      select '00000000-0000-0000-0000-0000000000b1'::uuid, 'poam', 'P-' || n, 'scheduled_completion', to_jsonb(to_char(first_due, 'YYYY-MM-DD')), to_jsonb(to_char(due, 'YYYY-MM-DD')),
             'internal', 'test', moved from lives where moved is not null
      union all select '00000000-0000-0000-0000-0000000000b1', 'poam', 'P-' || n, 'status', '"Open"', '"Completed"', 'internal', 'test', completed from lives where completed is not null;
    insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol,
                                           lifecycle_state, severity_rank, first_found, last_found, poam_id)
      select ('00000000-0000-0000-0002-' || lpad(n::text, 12, '0'))::uuid, 'Open', '100', 'flaw', 'High', a.asset_uuid, a.asset_uuid, 443, 'tcp',
             case when back is null then 'fixed' else 'reopened' end, 3, made, now(), p.id
        from lives join ingestion_poams p on p.poam_id = 'P-' || n join ingestion_assets a on a.hostname = 'web' || n;
    insert into finding_state_changes (vulnerability_id, state, occurred_at)
      select v.id, 'fixed', l.fixed from lives l join ingestion_assets a on a.hostname = 'web' || l.n join ingestion_vulnerabilities v on v.asset_ref = a.asset_uuid
      union all select v.id, 'reopened', l.back from lives l join ingestion_assets a on a.hostname = 'web' || l.n join ingestion_vulnerabilities v on v.asset_ref = a.asset_uuid where l.back is not null;
    insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, state, rationale, requested_by, requested_by_principal, requested_at, expires_on, decided_by, decided_at)
      select 'risk_acceptance', 'P-' || n, 'SYS-1', 'High', true, case when decided is null then 'requested' else 'approved' end, 'needed', 'ann', 'a', asked, '2027-06-01',
             case when decided is not null then 'ao' end, decided from lives where asked is not null;
    insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, changed_at)
      select '00000000-0000-0000-0000-0000000000b1', 'deviation', d.id::text, 'state', '"requested"', '"approved"', 'internal', 'test', d.decided_at from deviations d where d.decided_at is not null`);
});
afterAll(() => database[Symbol.asyncDispose]());

const replays = new Map<string, Replay>();
async function replayOf(number: string): Promise<Replay> {
  const known = replays.get(number);
  if (known) return known;
  const shipped = shippedWorkflows().find((each) => each.number === number);
  if (!shipped) throw new Error(`there is no ${number}`);
  const replay = await replayWorkflow({ db: database.db, now: () => now }, everywhere, shipped.definition, {
    days,
  });
  replays.set(number, replay);
  return replay;
}

const isDay = (at: number): number => Math.floor(at / dayMs);
/** Whether the POA&M is worked on then, and until when it is promised then. */
const poamAt = ({ made, completed, due, moved }: Life, at: number) => ({
  isOpen: timeOf(made, 1) <= at && (completed === null || timeOf(completed, 12) > at),
  isCompleted: completed !== null && timeOf(completed, 12) <= at,
  due: timeOf(moved !== null && timeOf(moved[0], 11) <= at ? moved[1] : due, 0),
});

describe('a generated year', () => {
  it('W05: each finding that comes back to a completed POA&M would have opened it again', async () => {
    const expected = lives.filter(
      (each) => each.back !== null && poamAt(each, timeOf(each.back, 14)).isCompleted,
    ).length;
    expect(expected).toBeGreaterThan(10);
    const { runs, items } = await replayOf('W05');
    expect(runs).toBe(expected);
    expect(new Set(items.map(({ steps }) => steps[0]?.id))).toEqual(new Set(['reopen']));
  });

  it('W06: each request for a deviation would have been followed from its day on', async () => {
    const expected = lives.filter(({ asked }) => asked !== null && timeOf(asked, 15) > from).length;
    expect((await replayOf('W06')).runs).toBe(expected);
  });

  it('W09: each POA&M would have been warned of on its days before and after its promise, as it was promised then', async () => {
    const mornings = Array.from({ length: days + 1 }, (_, day) => timeOf(day, 6)).filter(
      (at) => at > from && at <= now.getTime() && ![0, 6].includes(new Date(at).getUTCDay()),
    );
    const expected = lives.flatMap((each, n) =>
      mornings.flatMap((at) => {
        const { isOpen, due } = poamAt(each, at);
        const left = isDay(due) - isDay(at);
        return isOpen && [30, 14, 7, -1, -7, -14].includes(left)
          ? [`P-${n + 1} ${new Date(at).toISOString()}`]
          : [];
      }),
    );
    expect(expected.length).toBeGreaterThan(100);
    const { runs, items } = await replayOf('W09');
    expect(runs).toBe(expected.length);
    const told = new Set(items.map(({ recordId, at }) => `${recordId} ${at.toISOString()}`));
    expect([...told].filter((each) => !expected.includes(each))).toEqual([]);
  });

  it.each(shippedWorkflows().map(({ number, definition }) => [number, definition] as const))(
    '%s is played to the end of the year by its own steps, or says which field keeps it from that',
    async (number, definition) => {
      const { runs, items, looked, unreplayable, isCut } = await replayOf(number);
      expect(isCut).toBe(false);
      const steps = everyStep(definition.steps).map(({ step }) => step.id);
      for (const { at, steps: told } of items) {
        expect(at.getTime()).toBeGreaterThan(from);
        expect(at.getTime()).toBeLessThanOrEqual(now.getTime());
        expect(told.length).toBeGreaterThan(0);
        for (const { id, says } of told) expect([steps.includes(id), says !== '']).toEqual([true, true]);
      }
      const obstacles = unreplayable.filter(({ place }) => place === 'when' || place === 'trigger');
      expect(obstacles.length > 0 ? [runs, looked] : [0, 0]).toEqual([0, 0]);
      for (const { field, why } of obstacles) expect(field.length * why.length).toBeGreaterThan(0);
    },
  );
});
