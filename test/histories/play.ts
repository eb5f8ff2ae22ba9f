/** Plays a batch of histories over the real engine, and holds what comes out against the reference model and the promises. */
import { everywhere } from '../../src/canonical/access/index.ts';
import { resolveConflicts } from '../../src/review/conflicts/resolve-conflicts.ts';
import { editPolicies } from '../../src/engine/policies/policies.ts';
import { historyFields, type Entity, type HistoryField, type Value } from './fields.ts';
import { valueOf, type Batch, type Edit } from './history.ts';
import { afterBrokenSync, afterSync, distinct, type FieldState, type Policy } from './model.ts';
import type { HistoryWorld } from './world.ts';

interface RecordsOfHistory {
  readonly poam: string;
  readonly milestone: string;
  readonly control: string;
  readonly ours: Readonly<Record<Entity, string>>;
}

interface Present {
  readonly here: Value;
  readonly there: Value;
  readonly base: Value;
  readonly held: boolean;
}

/** What does not hold, and in which history. */
export class BrokenPromise extends Error {
  readonly history: number;
  constructor(history: number, message: string) {
    super(message);
    this.history = history;
  }
}

const shown = (value: unknown): string => JSON.stringify(value);
const fallback: Policy = { direction: 'bidirectional', strategy: 'manual' };

interface RemoteState {
  readonly poams: (Record<string, Value> & {
    id: string;
    milestones: (Record<string, Value> & { id: string })[];
  })[];
  readonly controls: (Record<string, Value> & { id: string })[];
}

export async function playBatch(world: HistoryWorld, batch: Batch): Promise<void> {
  await world.begin();
  const xacta = { id: world.systemId, name: 'xacta' };
  await editPolicies(world.app.store, xacta, { do: 'replace', file: policyFileOf(batch) }, { way: 'none' });
  const records = await recordsOf(world, batch.histories.length);
  const replaced = new Map<string, Set<Value>>();
  let states = new Map<string, FieldState[]>();
  for (const [place, present] of await presentOf(world, records))
    states.set(place, [{ ...present, inFlight: undefined }]);

  for (const [at, round] of batch.rounds.entries()) {
    for (const [history, rounds] of batch.histories.entries())
      for (const edit of rounds[at] ?? []) await carryOut(world, records, history, edit, states);
    const present = await presentOf(world, records);
    const outcome = await world.sync(round.full, round.trouble);
    const complete = outcome !== undefined && !outcome.resumed;
    states = await advance(world, records, batch, states, complete);
    if (complete) noteReplaced(present, await presentOf(world, records), replaced);
  }

  await world.control('DELETE', '/faults');
  for (let attempt = 1; ; attempt += 1) {
    const present = await presentOf(world, records);
    const outcome = await world.sync(false, { kind: 'none' });
    states = await advance(world, records, batch, states, outcome?.resumed === false);
    if (outcome?.resumed === false) noteReplaced(present, await presentOf(world, records), replaced);
    if (outcome?.resumed === false) break;
    if (attempt > 3) throw new BrokenPromise(0, 'the sync does not come to its end');
  }
  await checkConvergence(world, records, batch);
  await checkNothingLost(world, records, replaced);
  await checkCounts(world);
}

function policyFileOf(batch: Batch): unknown {
  const of = (entity: Entity): object => ({
    fields: Object.fromEntries(
      historyFields
        .filter((field) => field.entity === entity)
        .map((field) => [field.here, batch.policies[field.name] ?? fallback]),
    ),
  });
  return { poam: of('poam'), milestone: of('milestone'), control: of('control') };
}

async function recordsOf(world: HistoryWorld, count: number): Promise<RecordsOfHistory[]> {
  const links = await world.rows<{ entity: Entity; here: string; there: string }>(
    `select entity_type as entity, entity_id as here, external_id as there from sync_links order by external_id`,
  );
  const of = (entity: Entity) => links.filter((link) => link.entity === entity);
  const state = await world.control<RemoteState>('GET', '/state');
  return Array.from({ length: count }, (_, index) => {
    const poam = of('poam')[index];
    const milestoneId = state.poams.find((each) => each.id === poam?.there)?.milestones[0]?.id;
    const milestone = of('milestone').find((link) => link.there === milestoneId);
    const control = of('control')[index];
    if (!poam || !milestone || !control) throw new Error(`the world has no records for history ${index + 1}`);
    return {
      poam: poam.there,
      milestone: milestone.there,
      control: control.there,
      ours: { poam: poam.here, milestone: milestone.here, control: control.here },
    };
  });
}

const placeOf = (history: number, field: HistoryField): string => `${history} ${field.name}`;
const tables: Readonly<Record<Entity, { table: string; key: string }>> = {
  poam: { table: 'ingestion_poams', key: 'poam_id' },
  milestone: { table: 'ingestion_poam_milestones', key: 'id' },
  control: { table: 'ingestion_controls', key: 'id' },
};

/** Both sides, base and open conflict of every field of every history. */
async function presentOf(
  world: HistoryWorld,
  records: readonly RecordsOfHistory[],
): Promise<Map<string, Present>> {
  const rows = await world.rows<{
    entity: Entity;
    id: string;
    row: Record<string, unknown>;
    base: Record<string, unknown>;
    held: string[];
  }>(`
    select l.entity_type as entity, l.entity_id as id, coalesce(to_jsonb(p), to_jsonb(m), to_jsonb(c)) as row, l.base,
           array(select k.field_name::text from sync_conflicts k
                  where k.entity_type = l.entity_type and k.entity_id = l.entity_id and k.resolution_status = 'pending' and k.field_name is not null) as held
      from sync_links l
      left join ingestion_poams p on l.entity_type = 'poam' and p.poam_id = l.entity_id
      left join ingestion_poam_milestones m on l.entity_type = 'milestone' and m.id::text = l.entity_id
      left join ingestion_controls c on l.entity_type = 'control' and c.id::text = l.entity_id
     where l.entity_type in ('poam', 'milestone', 'control')`);
  const remote = await world.control<RemoteState>('GET', '/state');
  const present = new Map<string, Present>();
  for (const [history, record] of records.entries()) {
    const poam = remote.poams.find((each) => each.id === record.poam);
    const there = {
      poam,
      milestone: poam?.milestones.find((each) => each.id === record.milestone),
      control: remote.controls.find((each) => each.id === record.control),
    };
    for (const field of historyFields) {
      const row = rows.find((each) => each.entity === field.entity && each.id === record.ours[field.entity]);
      if (!row) throw new BrokenPromise(history, `the ${field.entity} is no longer linked`);
      const raw = (there[field.entity] as Record<string, Value> | undefined)?.[field.there] ?? null;
      present.set(placeOf(history, field), {
        here: field.read(row.row[field.here]),
        there: field.heard(raw),
        base: field.read(row.base[field.here]),
        held: row.held.includes(field.here),
      });
    }
  }
  return present;
}

async function carryOut(
  world: HistoryWorld,
  records: readonly RecordsOfHistory[],
  history: number,
  edit: Edit,
  states: Map<string, FieldState[]>,
): Promise<void> {
  const field = historyFields[edit.field];
  const record = records[history];
  if (!field || !record) return;
  const place = placeOf(history, field);
  const known = states.get(place) ?? [];
  const value = valueOf(edit);
  const entityId = record.ours[field.entity];
  switch (edit.by) {
    case 'here': {
      const { table, key } = tables[field.entity];
      await world.rows(
        `update ${table} set ${field.here} = $2 where ${key}::text = $1`,
        entityId,
        field.written(value),
      );
      states.set(
        place,
        known.map((state) => ({ ...state, here: value })),
      );
      return;
    }
    case 'there': {
      const spelled = field.spelled(value);
      const id = record[field.entity];
      await world.control('POST', '/edit', { entity: field.entity, id, fields: { [field.there]: spelled } });
      const heard = field.heard(spelled);
      states.set(
        place,
        known.map((state) => ({ ...state, there: heard })),
      );
      return;
    }
    case 'person': {
      const [open] = await world.rows<{ id: number; external: Value }>(
        `select id, external_value as external from sync_conflicts
          where entity_type = $1 and entity_id = $2 and field_name = $3 and resolution_status = 'pending'`,
        field.entity,
        entityId,
        field.here,
      );
      if (!open) return;
      const third = field.values[0] ?? null;
      const choice = ([{ keep: 'internal' }, { keep: 'external' }, { keep: 'value', value: third }] as const)[
        edit.value % 3
      ] ?? { keep: 'internal' };
      const { refused } = await resolveConflicts(
        world.app,
        { ids: [open.id] },
        { choice, by: 'a person', reason: undefined, approves: everywhere },
      );
      if (refused[0])
        throw new BrokenPromise(history, `the conflict could not be settled: ${refused[0].reason}`);
      states.set(
        place,
        known.map((state) => ({
          ...state,
          held: false,
          base: open.external,
          here:
            choice.keep === 'internal'
              ? state.here
              : choice.keep === 'external'
                ? open.external
                : choice.value,
        })),
      );
    }
  }
}

/** Moves the model on, and holds the real state against it. */
async function advance(
  world: HistoryWorld,
  records: readonly RecordsOfHistory[],
  batch: Batch,
  states: ReadonlyMap<string, FieldState[]>,
  complete: boolean,
): Promise<Map<string, FieldState[]>> {
  const present = await presentOf(world, records);
  const next = new Map<string, FieldState[]>();
  for (const history of records.keys())
    for (const field of historyFields) {
      const place = placeOf(history, field);
      const policy = batch.policies[field.name] ?? fallback;
      const known = states.get(place) ?? [];
      const expected = distinct(
        known.flatMap((state) =>
          complete ? [afterSync(state, policy, field)] : afterBrokenSync(state, policy, field),
        ),
      );
      const real = present.get(place);
      const fitting = expected.filter(
        (state) =>
          state.here === real?.here &&
          state.there === real.there &&
          state.held === real.held &&
          state.base === real.base,
      );
      if (fitting.length === 0)
        throw new BrokenPromise(
          history,
          `${field.name} after a sync that ${complete ? 'came to its end' : 'broke off'}: found ${shown(real)}, expected ${expected.map(shown).join(' or ')}; before it ${known.map(shown).join(' or ')}`,
        );
      next.set(place, fitting);
    }
  return next;
}

/** Remembers the values that a sync has replaced on a side: none of them may be lost. */
function noteReplaced(
  before: ReadonlyMap<string, Present>,
  after: ReadonlyMap<string, Present>,
  replaced: Map<string, Set<Value>>,
): void {
  for (const [place, was] of before) {
    const is = after.get(place);
    const values = replaced.get(place) ?? new Set<Value>();
    if (is?.here !== was.here) values.add(was.here);
    if (is?.there !== was.there) values.add(was.there);
    replaced.set(place, values);
  }
}

async function checkConvergence(
  world: HistoryWorld,
  records: readonly RecordsOfHistory[],
  batch: Batch,
): Promise<void> {
  const remote = async (): Promise<string> => shown(await world.control('GET', '/state'));
  // But for the remote's own record and version: editing a milestone moves those of its POA&M.
  const ours = async (): Promise<string> =>
    shown(
      await world.rows(`
        select 'link' as of, entity_type, entity_id, external_id, base::text as text from sync_links
        union all select 'outbox', entity_type, entity_id, state, payload::text || idempotency_key from sync_outbox
        union all select 'journal', entity_type, entity_id, field_name, id::text from sync_changes
        union all select 'poam', poam_id, '', '', (to_jsonb(p) - '{raw_json,updated_at}'::text[])::text from ingestion_poams p
        union all select 'milestone', id::text, '', '', to_jsonb(m)::text from ingestion_poam_milestones m
        union all select 'control', id::text, '', '', (to_jsonb(c) - '{raw_json,updated_at}'::text[])::text from ingestion_controls c
        order by 1, 2, 3, 4, 5`),
    );
  const before = [await remote(), await ours()];
  await world.sync(true, { kind: 'none' });
  const after = [await remote(), await ours()];
  if (before[0] !== after[0]) throw new BrokenPromise(0, 'a second sync wrote to the remote');
  if (before[1] !== after[1])
    throw new BrokenPromise(0, 'a second sync changed the record, the journal or the outbox');
  const open = await world.rows<{ entity_id: string; state: string; failure: unknown }>(
    `select entity_id, state, failure from sync_outbox where state not in ('confirmed', 'superseded')`,
  );
  if (open.length > 0) throw new BrokenPromise(0, `the outbox is not empty: ${shown(open)}`);
  for (const [place, { here, there, held }] of await presentOf(world, records))
    if (here !== there && !held) {
      const history = Number(place.split(' ')[0]);
      throw new BrokenPromise(
        history,
        `${place}: the sides differ (${shown(here)}, ${shown(there)}) and no conflict is on record; ${shown(batch.policies)}`,
      );
    }
}

/** Every value that a sync has replaced on a side is in the journal. */
async function checkNothingLost(
  world: HistoryWorld,
  records: readonly RecordsOfHistory[],
  replaced: ReadonlyMap<string, ReadonlySet<Value>>,
): Promise<void> {
  const kept = await world.rows<{ entity: Entity; id: string; field: string; value: unknown }>(`
    select entity_type as entity, entity_id as id, field_name as field, value
      from sync_changes cross join lateral (values (before_value), (after_value)) v(value) where field_name is not null`);
  for (const [place, values] of replaced) {
    const [history = '', ...name] = place.split(' ');
    const field = historyFields.find((each) => each.name === name.join(' '));
    const record = records[Number(history)];
    if (!field || !record) continue;
    const known = new Set<Value>(
      kept
        .filter(
          (each) =>
            each.entity === field.entity &&
            each.id === record.ours[field.entity] &&
            each.field === field.here,
        )
        .map((each) => field.read(each.value)),
    );
    for (const value of values)
      if (!known.has(value))
        throw new BrokenPromise(
          Number(history),
          `${field.name}: a sync has replaced the value ${shown(value)}, and the journal does not know it`,
        );
  }
}

async function checkCounts(world: HistoryWorld): Promise<void> {
  const [row] = await world.rows<{ n: number }>(`
    select count(*)::int as n from ingestion_batches,
           jsonb_to_record(metadata -> 'counts') as c(read int, created int, updated int, unchanged int, held int, failed int)
     where c.read <> c.created + c.updated + c.unchanged + c.held + c.failed`);
  if (row?.n !== 0) throw new BrokenPromise(0, 'the counts of an operation do not add up');
  const state = await world.control<RemoteState>('GET', '/state');
  const ids = state.poams.map((each) => each.id);
  if (new Set(ids).size !== ids.length) throw new BrokenPromise(0, 'the remote has a record twice');
}
