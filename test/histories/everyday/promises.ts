/** What must hold in daily life, whatever happens (SPEC.md A2 and A3), asked of the database and of the servers. */
import { grcs, scanners, type Grc } from './events.ts';
import type { RemotePoam } from './play.ts';
import type { EverydayWorld, ServerName } from './world.ts';

export class BrokenPromise extends Error {}

/** What the policies of a server let out, and what went out so far. */
export interface Mode {
  readonly isClosed: boolean;
  readonly asks: boolean;
  readonly writes: number;
}
export interface Modes {
  readonly of: ReadonlyMap<ServerName, Mode>;
  readonly at: string;
  readonly changes: number;
}

/** How things stand before a sync. */
export async function modesOf(world: EverydayWorld): Promise<Modes> {
  const rows = await world.rows<{ name: ServerName; closed: boolean; asks: boolean }>(`
    select s.system_name as name, s.sending_paused_at is not null or coalesce(p.sync_direction = 'inbound', false) as closed,
           coalesce(p.requires_approval, false) as asks
      from external_systems s left join sync_policies p on p.external_system_id = s.id and p.entity_type = '*'`);
  const of = new Map<ServerName, Mode>();
  for (const { name, closed, asks } of rows) {
    const { writes } = await world.control<{ writes: number }>(name, 'GET', '/requests');
    of.set(name, { isClosed: closed, asks, writes });
  }
  const [now] = await world.rows<{ at: string; changes: number }>(
    `select clock_timestamp()::text as at, (select count(*)::int from sync_changes) as changes`,
  );
  return { of, at: now?.at ?? '', changes: now?.changes ?? 0 };
}

/** Nothing went out that the policies in force did not let out, or that nobody agreed to where they ask. */
export async function checkConsent(world: EverydayWorld, before: Modes): Promise<void> {
  const after = await modesOf(world);
  for (const [name, mode] of before.of)
    if (mode.isClosed && after.of.get(name)?.writes !== mode.writes)
      throw new BrokenPromise(`something was written to ${name}, which is paused or inbound`);
  const unasked = await world.rows<{ record: string }>(
    `select s.system_name || ': ' || o.entity_type || ' ' || o.entity_id as record
       from sync_outbox o join external_systems s on s.id = o.external_system_id
       join sync_policies p on p.external_system_id = s.id and p.entity_type = '*' and p.requires_approval
      where o.sent_at >= $1::timestamptz and o.approved_at is null`,
    before.at,
  );
  if (unasked.length > 0)
    throw new BrokenPromise(`sent without consent: ${unasked.map((each) => each.record).join(', ')}`);
}

/** @returns what the last sync still did, if it did something; else everything holds. @throws BrokenPromise. */
export async function checkAtRest(world: EverydayWorld, before: Modes): Promise<string | undefined> {
  const after = await modesOf(world);
  for (const name of [...scanners, ...grcs])
    if (after.of.get(name)?.writes !== before.of.get(name)?.writes) return `a sync at rest wrote to ${name}`;
  if (after.changes !== before.changes) {
    const changes = await world.rows<{ text: string }>(
      `select concat_ws(' ', entity_type, entity_id, field_name, before_value, after_value, decided_by_kind, decided_by, rule_code,
                        reason, reason_code, reason_params) as text
         from sync_changes order by id desc limit 3`,
    );
    return `a sync at rest journaled changes: ${changes.map((each) => each.text).join(' | ')}`;
  }
  await none(
    world,
    'linked twice to one server',
    `
    select external_system_id || ' ' || entity_type || ' ' || entity_id as text from sync_links
     where retired_at is null and entity_type in ('system', 'component', 'control', 'poam', 'milestone', 'acceptance')
     group by external_system_id, entity_type, entity_id having count(*) > 1`,
  );
  await none(
    world,
    'a POA&M of two GRC systems',
    `
    select entity_id as text from sync_links where retired_at is null and entity_type = 'poam'
     group by entity_id having count(distinct external_system_id) > 1`,
  );
  await none(world, 'an open weakness without an answer, on no list', unanswered);
  for (const grc of grcs) await checkGrc(world, grc);
  return undefined;
}

async function none(world: EverydayWorld, what: string, query: string): Promise<void> {
  const rows = await world.rows<{ text: string }>(query);
  if (rows.length > 0) throw new BrokenPromise(`${what}: ${rows.map((each) => each.text).join('; ')}`);
}

/** Nothing falls silent: a weakness has a POA&M that stands, was turned down by a person, waits on a list, or is not let out by a policy. */
const unanswered = `
  select distinct a.system_id || ' plugin ' || f.plugin_id as text
    from ingestion_vulnerabilities f
    join ingestion_assets a on a.asset_uuid = f.asset_ref
    join sync_links l on l.entity_type = 'system' and l.entity_id = a.system_id and l.retired_at is null and l.missing_since is null
   where f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3
     and a.deleted_at is null and a.terminated_at is null
     and not exists (select from sync_policies p where p.external_system_id = l.external_system_id and p.entity_type = '*' and p.sync_direction = 'inbound')
     and not exists (select from weaknesses w join ingestion_poams k on k.id = w.poam_id
                      where w.system_id = a.system_id and w.identifier = f.plugin_id::text and k.status not in ('Completed', 'Cancelled'))
     and not exists (select from sync_outbox o where o.entity_type = 'poam' and o.state = 'dropped'
                        and o.entity_id like 'TL-' || a.system_id || '-' || f.plugin_id || '%')
     and not exists (select from sync_conflicts c join ingestion_poams k on k.poam_id = c.entity_id and k.system_id = a.system_id
                      where c.entity_type = 'poam' and c.resolution_status = 'pending')
     and not exists (select from ingestion_errors h where h.table_name = 'weaknesses' and h.record_identifier like a.system_id || '%')`;

async function checkGrc(world: EverydayWorld, grc: Grc): Promise<void> {
  const { poams } = await world.control<{ poams: RemotePoam[] }>(grc, 'GET', '/state');
  const ours = Map.groupBy(
    poams.filter(
      (poam) => poam.external_uid !== null && poam.status !== 'completed' && poam.status !== 'cancelled',
    ),
    (poam) => `${poam.system_id} ${poam.source}`,
  );
  for (const [what, made] of ours) {
    const open = made.filter((poam) => poam.status === 'ongoing' || poam.status === 'open');
    if (open.length > 1)
      throw new BrokenPromise(`${grc} has ${what} more than once: ${open.map((each) => each.id).join(', ')}`);
  }
  const linked = await world.rows<{ external_id: string; comments: string | null; entity_id: string }>(
    `select l.external_id, p.comments, p.poam_id as entity_id
       from sync_links l join external_systems s on s.id = l.external_system_id and s.system_name = $1
       join ingestion_poams p on p.poam_id = l.entity_id
       left join sync_policies y on y.external_system_id = s.id and y.entity_type = '*'
      where l.entity_type = 'poam' and l.retired_at is null and l.missing_since is null
        and s.sending_paused_at is null and coalesce(y.sync_direction, 'bidirectional') = 'bidirectional'
        and not exists (select from sync_conflicts c where c.entity_type = 'poam' and c.entity_id = l.entity_id and c.resolution_status = 'pending')
        and not exists (select from sync_outbox o where o.external_system_id = s.id and o.entity_type = 'poam' and o.entity_id = l.entity_id
                           and o.state in ('waiting', 'pending', 'sent', 'failed', 'dropped'))`,
    grc,
  );
  for (const { external_id: id, comments, entity_id: row } of linked) {
    const there = poams.find((poam) => poam.id === id);
    if (there && (there.comments ?? '') !== (comments ?? ''))
      throw new BrokenPromise(
        `${grc} ${id} and ${row} differ at rest: "${there.comments ?? ''}" there, "${comments ?? ''}" here`,
      );
  }
}
