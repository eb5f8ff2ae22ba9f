/** What must hold in the life of POA&Ms, whatever happens, asked of the database and of both servers. */
import type { RemotePoam, RemoteState } from './acts.ts';
import type { LifeWorld } from './world.ts';

export class BrokenPromise extends Error {}

/** What is never changed once it is there, over a whole life. */
export interface Memory {
  readonly firstDates: Map<string, string>;
  readonly originals: Map<string, string>;
  readonly obligations: Map<string, string>;
}
export const newMemory = (): Memory => ({
  firstDates: new Map(),
  originals: new Map(),
  obligations: new Map(),
});

async function none(world: LifeWorld, what: string, query: string, ...values: unknown[]): Promise<void> {
  const rows = await world.rows<{ text: string }>(query, ...values);
  if (rows.length > 0) throw new BrokenPromise(`${what}: ${rows.map(({ text }) => text).join('; ')}`);
}

/** What holds after each sync, at rest or not. */
export async function checkAfterSync(world: LifeWorld, memory: Memory): Promise<void> {
  await checkOriginals(world, memory);
  await none(
    world,
    'a deviation outlived its last day',
    `select id || ' of ' || poam_id || ' until ' || expires_on as text from deviations
      where state = 'approved' and expires_on < (tieline_now() at time zone 'UTC')::date`,
  );
  await none(
    world,
    'a POA&M is completed while a finding under it is open, and nobody is told',
    completedWhileOpen,
  );
  await none(world, 'closed by evidence that is none', closedWithoutEvidence);
  await none(
    world,
    'two POA&Ms of ours for one weakness are open',
    `select p.system_id || ' ' || w.identifier || ': ' || string_agg(p.poam_id, ', ' order by p.poam_id) as text
       from ingestion_poams p
       join lateral (select regexp_replace(regexp_replace(p.poam_id, '^TL-' || p.system_id || '-', ''), '-[0-9]+$', '') as identifier) w on true
      where p.ingestion_source = 'tieline' and p.status not in ('Completed', 'Cancelled', 'Risk Accepted', 'False Positive', 'Not Applicable')
        and not exists (select from sync_conflicts c where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.resolution_status = 'pending')
      group by p.system_id, w.identifier having count(*) > 1`,
  );
}

/** What evidence closed was fixed by scans with credentials, where the check needs them; what is fixed or a false positive, all of it. */
const closedWithoutEvidence = `
  select p.poam_id || ' ' || j.after_value::text || ' with plugin ' || v.plugin_id || ' on ' || a.hostname || ' ' || v.lifecycle_state as text
    from ingestion_poams p
    join lateral (select c.after_value, c.changed_at, c.rule_code from sync_changes c
                   where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.field_name = 'status'
                     and c.rule_code is distinct from 'outbox' order by c.id desc limit 1) j on j.rule_code = 'closed_by_evidence'
    join ingestion_vulnerabilities v on v.poam_id = p.id
    join ingestion_assets a on a.asset_uuid = v.asset_ref
    join scan_plugins g on g.plugin_id = v.plugin_id::text
   where p.status in ('Pending Verification', 'Completed')
     and a.system_id = p.system_id and v.last_fixed <= j.changed_at at time zone 'UTC'
     and g.raw_json ->> 'type' = 'local' and v.lifecycle_state = 'fixed'
     and not exists (select from asset_sources s where s.asset_uuid = v.asset_ref
                        and (s.record ->> 'last_authenticated_at')::timestamptz at time zone 'UTC' >= v.last_fixed - interval '15 minutes')`;

/** A POA&M of ours under which nothing is open waits for somebody, or for its day. */
const forgotten = `
  select p.poam_id || ' ' || p.status as text
    from ingestion_poams p
    join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null and l.missing_since is null
   where p.ingestion_source = 'tieline' and p.status in ('Open', 'In Progress')
     and exists (select from ingestion_vulnerabilities v where v.poam_id = p.id)
     and not exists (select from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref
                      where v.poam_id = p.id and v.lifecycle_state in ('open', 'reopened') and a.system_id = p.system_id
                        and not exists (select from deviations d left join deviation_assets own on own.deviation_id = d.id
                                         where d.poam_id = p.poam_id and d.kind = 'false_positive' and d.state = 'approved'
                                           and (d.is_whole_poam or own.asset_uuid = v.asset_ref)))
     and not exists (select from poam_questions q where q.poam_id = p.poam_id and q.settled_at is null)
     and not exists (select from sync_conflicts c where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.resolution_status = 'pending')`;

/** Made after one that was completed, it names that. */
const withoutPredecessor = `
  select later.poam_id as text from ingestion_poams later
    join ingestion_poams earlier on earlier.poam_id = regexp_replace(later.poam_id, '-[0-9]+$', '') and earlier.status = 'Completed'
    left join poam_lives life on life.poam_id = later.poam_id
   where later.ingestion_source = 'tieline' and later.poam_id ~ '-3000[123]-[0-9]+$' and life.follows_poam_id is null`;

/** Unless a person said so, or the settings accept it, or it is shown. */
const completedWhileOpen = `
  select p.poam_id || ' with plugin ' || v.plugin_id || ' on ' || a.hostname as text
    from ingestion_poams p
    join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null and l.missing_since is null
    join ingestion_vulnerabilities v on v.poam_id = p.id and v.lifecycle_state in ('open', 'reopened')
    join ingestion_assets a on a.asset_uuid = v.asset_ref and a.system_id = p.system_id
   where p.status = 'Completed' and a.deleted_at is null and a.terminated_at is null
     and not exists (select from deviations d left join deviation_assets own on own.deviation_id = d.id
                      where d.poam_id = p.poam_id and d.kind = 'false_positive' and d.state = 'approved' and (d.is_whole_poam or own.asset_uuid = v.asset_ref))
     and not exists (select from sync_conflicts c where c.entity_type = 'poam' and c.entity_id = p.poam_id
                        and (c.resolution_status = 'pending' or c.conflict_type = 'contradiction'))
     and not exists (select from life_settings s where s.system_id = p.system_id and s.contradiction = 'accept'
                        and s.accept_until >= (tieline_now() at time zone 'UTC')::date)`;

async function checkOriginals(world: LifeWorld, memory: Memory): Promise<void> {
  const poams = await world.rows<{ id: string; original: string | null; scheduled: string | null }>(
    `select p.poam_id as id, life.original_completion::text as original, p.scheduled_completion::date::text as scheduled
       from ingestion_poams p left join poam_lives life on life.poam_id = p.poam_id where p.ingestion_source = 'tieline'`,
  );
  for (const { id, original, scheduled } of poams) {
    const kept = memory.originals.get(id);
    if (kept !== undefined && original !== kept)
      throw new BrokenPromise(`${id}: its original date ${kept} was rewritten to ${original ?? 'nothing'}`);
    if (original !== null) memory.originals.set(id, original);
    if (scheduled !== null && !memory.firstDates.has(id)) memory.firstDates.set(id, scheduled);
  }
  const obligations = await world.rows<{ id: string; text: string }>(
    `select id::text as id, concat_ws(' ', poam_ref, obliged_by, policy_id, version, reason, since) as text from poam_obligations`,
  );
  const now = new Map(obligations.map(({ id, text }) => [id, text]));
  for (const [id, text] of memory.obligations)
    if (now.get(id) !== text)
      throw new BrokenPromise(`an obligation was rewritten: ${text} is now ${now.get(id) ?? 'gone'}`);
  for (const [id, text] of now) memory.obligations.set(id, text);
}

export interface Before {
  readonly writes: readonly number[];
  readonly changes: number;
}
const servers = ['scanner', 'grc'] as const;

export async function before(world: LifeWorld): Promise<Before> {
  const writes: number[] = [];
  for (const at of servers)
    writes.push((await world.control<{ writes: number }>(at, 'GET', '/requests')).writes);
  const [row] = await world.rows<{ n: number }>('select count(*)::int as n from sync_changes');
  return { writes, changes: row?.n ?? 0 };
}

/** @returns what the last sync still did, if it did something. */
export async function whatMoved(world: LifeWorld, was: Before): Promise<string | undefined> {
  const is = await before(world);
  for (const [at, name] of servers.entries())
    if (is.writes[at] !== was.writes[at]) {
      const sent = await world.rows<{ text: string }>(
        `select concat_ws(' ', entity_type, entity_id, change_kind, state, payload, reason) as text from sync_outbox order by coalesce(sent_at, created_at) desc limit 3`,
      );
      return `a sync at rest wrote to ${name}: ${sent.map(({ text }) => text).join(' | ')}`;
    }
  if (is.changes === was.changes) return undefined;
  const changes = await world.rows<{ text: string }>(
    `select concat_ws(' ', entity_type, entity_id, field_name, before_value, after_value, decided_by_kind, decided_by, rule_code, reason, reason_code, reason_params) as text
       from sync_changes order by id desc limit 4`,
  );
  return `a sync at rest journaled changes: ${changes.map(({ text }) => text).join(' | ')}`;
}

/** What holds when nothing is left to do. */
export async function checkAtRest(world: LifeWorld, memory: Memory): Promise<void> {
  await checkAfterSync(world, memory);
  await none(world, 'an open weakness without an answer, on no list', unanswered);
  await none(
    world,
    'a deviation that has ended still has its rule at the scanner, and nobody is told',
    `select a.id || ' ' || a.name || ' ' || a.status as text
       from deviation_rules r join deviations d on d.id = r.deviation_id join acceptances a on a.id = r.acceptance_id
       join sync_links l on l.entity_type = 'acceptance' and l.entity_id = a.id::text and l.retired_at is null and l.missing_since is null
      where d.state not in ('requested', 'approved') and a.status = 'active'
        and not exists (select from sync_conflicts c where c.entity_type = 'acceptance' and c.entity_id = a.id::text and c.resolution_status = 'pending')
        and not exists (select from sync_outbox o where o.entity_type = 'acceptance' and o.entity_id = a.id::text and o.state in ('waiting', 'pending', 'sent', 'failed'))`,
  );
  await none(
    world,
    'a journal that does not end with what the record says',
    `select p.poam_id || ' ' || j.field_name || ': ' || j.after_value::text || ', but ' || coalesce(to_jsonb(p) ->> j.field_name, 'nothing') as text
       from ingestion_poams p
       join lateral (select distinct on (field_name) field_name, after_value from sync_changes
                      where entity_type = 'poam' and entity_id = p.poam_id and field_name in ('status', 'actual_completion')
                      order by field_name, id desc) j on true
      where p.ingestion_source = 'tieline'
        and left(coalesce(j.after_value #>> '{}', ''), 10) is distinct from left(coalesce(to_jsonb(p) ->> j.field_name, ''), 10)`,
  );
  await none(world, 'a POA&M under which nothing is open, of which nobody is told', forgotten);
  await none(world, 'a POA&M that follows a completed one and does not name it', withoutPredecessor);
  await checkFirstDates(world, memory);
  await checkSides(world);
}

/** Nothing falls silent: a weakness has a POA&M that stands, or waits on a list. */
const unanswered = `
  select distinct a.system_id || ' plugin ' || f.plugin_id as text
    from ingestion_vulnerabilities f
    join ingestion_assets a on a.asset_uuid = f.asset_ref
    join sync_links l on l.entity_type = 'system' and l.entity_id = a.system_id and l.retired_at is null and l.missing_since is null
   where f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3
     and a.deleted_at is null and a.terminated_at is null
     and not exists (select from weaknesses w join ingestion_poams k on k.id = w.poam_id
                      where w.system_id = a.system_id and w.identifier = f.plugin_id::text and k.status not in ('Completed', 'Cancelled'))
     and not exists (select from weaknesses w join ingestion_poams k on k.id = w.poam_id
                       join sync_conflicts c on c.entity_type = 'poam' and c.entity_id = k.poam_id and c.conflict_type = 'contradiction'
                      where w.system_id = a.system_id and w.identifier = f.plugin_id::text)
     and not exists (select from weaknesses w join ingestion_poams k on k.id = w.poam_id
                       join deviations d on d.poam_id = k.poam_id and d.kind = 'false_positive' and d.state = 'approved'
                      where w.system_id = a.system_id and w.identifier = f.plugin_id::text)
     and not exists (select from life_settings s where s.system_id = a.system_id and s.contradiction = 'accept'
                        and s.accept_until >= (tieline_now() at time zone 'UTC')::date)
     and not exists (select from sync_outbox o where o.entity_type = 'poam' and o.state = 'dropped'
                        and o.entity_id like 'TL-' || a.system_id || '-' || f.plugin_id || '%')
     and not exists (select from sync_conflicts c join ingestion_poams k on k.poam_id = c.entity_id and k.system_id = a.system_id
                      where c.entity_type = 'poam' and c.resolution_status = 'pending')
     and not exists (select from ingestion_errors h where h.table_name = 'weaknesses' and h.record_identifier like a.system_id || '%')`;

/** A day that was promised first is kept somewhere: as the original beside it, or in the journal. */
async function checkFirstDates(world: LifeWorld, { firstDates }: Memory): Promise<void> {
  for (const [id, first] of firstDates)
    await none(
      world,
      'the day that was promised first is nowhere',
      `select p.poam_id || ' ' || $2 || ' → ' || coalesce(p.scheduled_completion::date::text, 'none') as text
         from ingestion_poams p left join poam_lives life on life.poam_id = p.poam_id
        where p.poam_id = $1 and p.scheduled_completion::date::text is distinct from $2 and life.original_completion::text is distinct from $2
          and not exists (select from sync_changes c where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.field_name = 'scheduled_completion'
                             and left(c.before_value #>> '{}', 10) = $2)`,
      id,
      first,
    );
}

interface OurPoam {
  readonly id: string;
  readonly there: string;
  readonly values: Readonly<Record<string, string | null>>;
}

const plain = (value: string | null | undefined): string =>
  (value ?? '')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim();
const dayIn = (value: string | null | undefined): string => (value ?? '').slice(0, 10);
/** Words of one meaning. */
const sameStatus: Readonly<Record<string, string>> = {
  ongoing: 'open',
  'in progress': 'in progress',
  closed: 'completed',
};
const statusIn = (value: string | null | undefined): string => sameStatus[plain(value)] ?? plain(value);
const ratingIn = (value: string | null | undefined): string =>
  ({ medium: 'moderate' })[plain(value)] ?? plain(value);

const compared: readonly [
  string,
  (poam: RemotePoam) => string | null,
  (value: string | null | undefined) => string,
][] = [
  ['status', (poam) => poam.status, statusIn],
  ['scheduled_completion', (poam) => poam.scheduled_completion, dayIn],
  ['actual_completion', (poam) => poam.completion_date, dayIn],
  ['risk_rating', (poam) => poam.risk_rating, ratingIn],
  ['comments', (poam) => poam.comments, (value) => value ?? ''],
  ['deviation_rationale', (poam) => poam.deviation_rationale, (value) => value ?? ''],
];

/** Both sides are equal, or one row of a list says why not. */
async function checkSides(world: LifeWorld): Promise<void> {
  const { poams } = await world.control<RemoteState>('grc', 'GET', '/state');
  const uids = poams.flatMap(({ external_uid }) => external_uid ?? []);
  if (new Set(uids).size !== uids.length)
    throw new BrokenPromise('the GRC system has one of our POA&Ms twice');
  const rows = await world.rows<OurPoam>(
    `select p.poam_id as id, l.external_id as there, to_jsonb(p) as values
       from ingestion_poams p join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null and l.missing_since is null
      where not exists (select from sync_conflicts c where c.resolution_status = 'pending'
                           and (c.entity_type = 'poam' and c.entity_id = p.poam_id
                                or c.entity_type = 'milestone' and c.entity_id in (select m.id::text from ingestion_poam_milestones m where m.poam_id = p.poam_id)))
        and not exists (select from sync_outbox o where o.state in ('waiting', 'pending', 'sent', 'failed', 'dropped')
                           and (o.entity_type = 'poam' and o.entity_id = p.poam_id
                                or o.entity_type = 'milestone' and o.entity_id in (select m.id::text from ingestion_poam_milestones m where m.poam_id = p.poam_id)))`,
  );
  for (const { id, there, values } of rows) {
    const poam = poams.find((each) => each.id === there);
    if (!poam) continue;
    for (const [field, remote, spelled] of compared)
      if (spelled(values[field]) !== spelled(remote(poam)))
        throw new BrokenPromise(
          `${id}: ${field} differs at rest: "${values[field] ?? ''}" here, "${remote(poam) ?? ''}" there`,
        );
    await checkMilestones(world, id, poam);
    await checkEndings(world, id, poam);
  }
}

/** What was granted and has ended is told in the GRC system: a line for each. */
async function checkEndings(world: LifeWorld, id: string, poam: RemotePoam): Promise<void> {
  const ended = await world.rows<{ id: number }>(
    `select id from deviations where poam_id = $1 and decided_at is not null and ended_at is not null and state in ('expired', 'withdrawn', 'lapsed')
        and exists (select from sync_changes c where c.entity_type = 'poam' and c.entity_id = poam_id and c.field_name = 'deviation_rationale'
                       and c.after_value #>> '{}' like '%deviation ' || id || ')%')`,
    id,
  );
  for (const { id: deviation } of ended) {
    const lines = (poam.deviation_rationale ?? '')
      .split('\n')
      .filter((line) => line.includes(`deviation ${deviation})`));
    if (lines.length < 2)
      throw new BrokenPromise(
        `${id}: the end of deviation ${deviation} is not told there: ${poam.deviation_rationale ?? 'nothing'}`,
      );
  }
}

async function checkMilestones(world: LifeWorld, id: string, poam: RemotePoam): Promise<void> {
  const here = await world.rows<{ there: string; due: string | null; status: string | null }>(
    `select l.external_id as there, m.scheduled_completion::date::text as due, m.status
       from ingestion_poam_milestones m join sync_links l on l.entity_type = 'milestone' and l.entity_id = m.id::text and l.retired_at is null and l.missing_since is null
      where m.poam_id = $1`,
    id,
  );
  for (const { there, due, status } of here) {
    const remote = poam.milestones.find((each) => each.id === there);
    if (!remote) continue;
    if (dayIn(due) !== dayIn(remote.target_date) || plain(status) !== plain(remote.status))
      throw new BrokenPromise(
        `${id}: milestone ${there} differs at rest: ${due ?? ''} ${status ?? ''} here, ${remote.target_date ?? ''} ${remote.status ?? ''} there`,
      );
  }
}
