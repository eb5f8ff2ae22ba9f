/** POA&Ms and deviations as conditions read them. */
import { type Kysely, sql } from 'kysely';
import { fetchPoamColumns, underEach } from '../../../../record/poams/index.ts';
import { type Database, prepared } from '../../../../platform/postgres/index.ts';
import type { SnapshotRow } from '../hydrate.ts';
import { isAmong, findingPart, instant, listed, orNone, poamPart } from './parts.sql.ts';

const milestonesOf = sql`
  select jsonb_agg(each.one) as all
    from (select jsonb_build_object('id', m.id, 'description', m.milestone_description, 'state', m.status,
                                    'due', ${instant(sql`m.scheduled_completion`)}) as one
            from ingestion_poam_milestones m where m.poam_id = p.poam_id order by m.scheduled_completion, m.id limit ${listed(200)}) each`;

/** SQL of the approved vendor dependency of POA&M `p`: since when the vendor was last asked. */
const vendorOf = sql`
  select coalesce((select max(c.checked_on)::timestamp from deviation_checkins c where c.deviation_id = d.id), d.requested_at::timestamp) as asked
    from deviations d where d.poam_id = p.poam_id and d.kind = 'vendor_dependency' and d.state = 'approved' order by 1 desc limit 1`;

/** SQL of how many changes of POA&M `p`, or of its milestones, a GRC system refused within a day of the moment. */
const failedPushes = (now: Date) => sql`
  (select count(*) from sync_outbox o where o.state = 'failed' and o.settled_at > ${now}::timestamptz - interval '1 day' and o.settled_at <= ${now}::timestamptz
      and (o.entity_type = 'poam' and o.entity_id = p.poam_id
           or o.entity_type = 'milestone' and o.entity_id in (select m.id::text from ingestion_poam_milestones m where m.poam_id = p.poam_id)))`;

const openConflicts = sql`
  (select count(*) from sync_conflicts c where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.resolution_status = 'pending')`;

export async function readPoams(
  db: Kysely<Database>,
  ids: readonly string[],
  now: Date,
): Promise<SnapshotRow[]> {
  const columns = await fetchPoamColumns(db);
  const asked = sql`select p.id, p.system_id, p.original_detection_date as detected_on from ingestion_poams p where ${isAmong('p.poam_id', ids, 'text')}`;
  const { rows } = await sql<SnapshotRow>`
    ${prepared}
    with under as materialized (
      select u.poam, ${findingPart} as one, row_number() over (partition by u.poam order by v.id) as place
        from (${underEach(asked)}) u join ingestion_vulnerabilities v on v.id = u.finding and v.lifecycle_state is not null
    ), findings as (
      select poam, jsonb_agg(one order by place) as all from under where place <= ${listed(1_000)} group by poam
    )
    select p.poam_id as id, concat_ws(' ', p.poam_id, split_part(${columns.of('weakness_description')}::text, E'\\n', 1)) as title,
           p.system_id::text as boundary,
           jsonb_build_object('poam', ${poamPart(columns)} || jsonb_build_object(
             'obliged_by', ${instant(sql`due.obliged_by`)}, 'owner', ${columns.of('poc')}, 'controls', ${columns.of('security_control')},
             'findings', ${orNone(sql`findings.all`)}, 'milestones', ${orNone(sql`milestones.all`)},
             'vendor_dependency', vendor.asked is not null, 'last_vendor_checkin', ${instant(sql`vendor.asked`)},
             'reviewed', (select ${instant(sql`max(r.reviewed_at)`)} from poam_reviews r where r.poam_id = p.poam_id),
             'questions', (select to_jsonb(coalesce(array_agg(q.code order by q.code), '{}')) from poam_questions q where q.poam_id = p.poam_id and q.settled_at is null),
             'failed_pushes', ${failedPushes(now)}, 'open_conflicts', ${openConflicts})) as plain
      from ingestion_poams p
      left join poam_due_dates due on due.poam_ref = p.id
      left join findings on findings.poam = p.id
      left join lateral (${milestonesOf}) milestones on true
      left join lateral (${vendorOf}) vendor on true
     where ${isAmong('p.poam_id', ids, 'text')}
     order by p.poam_id`.execute(db);
  return rows;
}

export async function readDeviations(db: Kysely<Database>, ids: readonly string[]): Promise<SnapshotRow[]> {
  const columns = await fetchPoamColumns(db);
  const chosen = sql`${isAmong('d.id', ids.map(Number).filter(Number.isSafeInteger), 'int')}`;
  const asked = sql`select p.id, p.system_id, p.original_detection_date as detected_on from ingestion_poams p
                     where p.poam_id in (select d.poam_id from deviations d where ${chosen})`;
  const { rows } = await sql<SnapshotRow>`
    ${prepared}
    with under as materialized (${underEach(asked)})
    select d.id::text as id, concat_ws(' ', replace(d.kind, '_', ' '), d.id, 'of', d.poam_id) as title, d.system_id::text as boundary,
           jsonb_build_object('deviation', jsonb_build_object(
             'id', d.id::text, 'kind', d.kind, 'state', d.state, 'severity', d.severity,
             'until', ${instant(sql`d.expires_on`)}, 'review', ${instant(sql`d.review_on`)},
             'requested', ${instant(sql`d.requested_at`)}, 'requested_by', d.requested_by, 'decided', ${instant(sql`d.decided_at`)},
             'findings', (select count(*) from under u join ingestion_vulnerabilities v on v.id = u.finding
                           where u.poam = p.id and v.lifecycle_state is distinct from 'fixed'
                             and (d.is_whole_poam or exists (select from deviation_assets own where own.deviation_id = d.id and own.asset_uuid = v.asset_ref))
                             and (d.only_plugins is null or v.plugin_id::text = any(d.only_plugins))),
             'poam', case when p.id is not null then ${poamPart(columns)} end)) as plain
      from deviations d left join ingestion_poams p on p.poam_id = d.poam_id
     where ${chosen} order by d.id`.execute(db);
  return rows;
}
