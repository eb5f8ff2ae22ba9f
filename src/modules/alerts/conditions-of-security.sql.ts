/**
 * Conditions over the security log: detections. Each looks at the last day, and compares it with what the same person did before; what it finds is
 * raised once, as an alert and as an event of the log (`evaluate.ts`). Thresholds are rules, as for every kind. See `conditions.sql.ts`.
 */
import { type RawBuilder, sql } from 'kysely';

interface Looking {
  readonly now: Date;
  readonly loosest: number;
}
type Condition = (looking: Looking) => RawBuilder<unknown>;

/** How long what was done counts as news. */
const newsHours = 24;
/** How far back is what a person is used to. */
const habitDays = 90;
/** How many sign-ins say when a person works; with fewer than this nothing is said. */
const habitSignIns = 30;
const leastSignIns = 10;
/** An hour of exports is compared with so many times the largest of the time before. */
const exportFactor = 5;

const since = (now: Date, hours: number): RawBuilder<unknown> =>
  sql`${now}::timestamptz - ${hours}::int * interval '1 hour'`;

/** The network of an address: what a provider or an office gives out, so that a new lease is no new place. */
const networkOf = (address: string): RawBuilder<unknown> =>
  sql`network(set_masklen(${sql.ref(address)}, case family(${sql.ref(address)}) when 4 then 24 else 64 end))`;

/** Who did it, for people and for what has no name. */
const who = sql`coalesce(e.principal_name, host(e.address), 'nobody known')`;

/** How often an event says that it happened: one that stands for several says so (`uses`). */
const times = sql`case jsonb_typeof(e.event_details -> 'uses') when 'number' then (e.event_details ->> 'uses')::numeric else 1 end`;

/** Events of some kinds of the last day, a row for whoever did them. */
const eventsOf = (kinds: readonly string[], { now }: Looking, hours = newsHours): RawBuilder<unknown> => sql`
  select ${who}, null, 'person', ${who}, sum(${times}),
         jsonb_build_object('who', ${who}, 'last', max(e.occurred_at), 'address', max(host(e.address)), 'event', (array_agg(e.event_id order by e.occurred_at desc))[1],
                            'object', (array_agg(e.object_id order by e.occurred_at desc))[1])
    from security_events_extended e
   where e.event_type = any(${[...kinds]}::text[]) and e.occurred_at > ${since(now, hours)} and e.occurred_at <= ${now}::timestamptz
   group by ${who}`;

/** Sign-ins of a person before what is news, as the rest of a select; `n` is who. */
const signInsBefore = (now: Date): RawBuilder<unknown> => sql`
        from security_events_extended p
         where p.principal_id = n.principal_id and p.event_type = 'sign_in' and p.outcome = 'success' and p.address is not null
           and p.occurred_at <= ${since(now, newsHours)}`;

export const conditionsOfSecurity = {
  many_refusals: (looking) => eventsOf(['refused', 'sign_in_refused', 'token_refused'], looking, 1),
  // What is counted at the moment, and is an event when its hour is over, counts too.
  token_elsewhere: (looking) => sql`
    select c.subject, null, 'person', c.subject, c.value + coalesce(counting.uses, 0), c.facts
      from (${eventsOf(['token_used_elsewhere', 'token_used_without_certificate', 'token_moved'], looking)}) c(subject, system_id, entity_type, entity_id, value, facts)
      left join lateral (
        select sum(u.uses - 1) as uses
          from token_uses_elsewhere u join api_tokens t on t.id = u.token_id join principals p on p.id = t.principal_id
         where p.name = c.subject
      ) counting on true`,
  policy_loosened: (looking) => eventsOf(['policy_loosened'], looking),
  log_tampered: (looking) => eventsOf(['log_tampered'], looking),
  // Value: days since the network was last seen for that person; 36500 where it never was. A person's first sign-in is new everywhere, and no news.
  // Of most people only the days of the threshold are read, by idx_security_events_extended_habits; further back only for who passes it.
  sign_in_new_place: ({ now, loosest }) => sql`
    with news as (
      select e.principal_id, ${networkOf('e.address')} as place, max(e.principal_name) as name, max(e.occurred_at) as at,
             (array_agg(e.event_id order by e.occurred_at desc))[1] as event
        from security_events_extended e
       where e.event_type = 'sign_in' and e.outcome = 'success' and e.address is not null
         and e.occurred_at > ${since(now, newsHours)} and e.occurred_at <= ${now}::timestamptz
       group by e.principal_id, ${networkOf('e.address')}
    )
    select n.principal_id || ' ' || n.place, null, 'person', n.name, coalesce(extract(epoch from n.at - seen.at) / 86400, 36500),
           jsonb_build_object('who', n.name, 'place', n.place::text, 'last', n.at, 'event', n.event)
      from news n
      left join lateral (
        select true as is_seen ${signInsBefore(now)} and ${networkOf('p.address')} = n.place
           and p.occurred_at > n.at - ${loosest}::float8 * interval '1 day' limit 1
      ) recent on true
      left join lateral (
        select p.occurred_at as at ${signInsBefore(now)} and ${networkOf('p.address')} = n.place and recent.is_seen is null
         order by p.occurred_at desc limit 1
      ) seen on true
      cross join lateral (select ${signInsBefore(now)} limit 1) earlier
     where recent.is_seen is null`,
  // Value: hours (UTC) to the nearest one of the last sign-ins, around the clock.
  sign_in_odd_time: ({ now }) => sql`
    select e.event_id, null, 'person', e.principal_name, habit.away,
           jsonb_build_object('who', e.principal_name, 'at', to_char(e.occurred_at at time zone 'UTC', 'HH24:MI'), 'last', e.occurred_at, 'event', e.event_id)
      from security_events_extended e
      cross join lateral (
        select min(least(abs(b.hour - h.hour), 24 - abs(b.hour - h.hour))) as away, count(*) as n
          from (select extract(hour from e.occurred_at at time zone 'UTC') as hour) b
          cross join (select extract(hour from p.occurred_at at time zone 'UTC') as hour from security_events_extended p
                       where p.principal_id = e.principal_id and p.event_type = 'sign_in' and p.outcome = 'success' and p.occurred_at < e.occurred_at
                       order by p.occurred_at desc limit ${habitSignIns}) h
      ) habit
     where e.event_type = 'sign_in' and e.outcome = 'success' and habit.n >= ${leastSignIns}
       and e.occurred_at > ${since(now, newsHours)} and e.occurred_at <= ${now}::timestamptz`,
  privilege_to_self: ({ now }) => sql`
    select e.event_id, null, 'grant', e.object_id, 1, jsonb_build_object('who', e.principal_name, 'last', e.occurred_at, 'event', e.event_id)
      from security_events_extended e
     where e.event_type = 'grant_given'
       and (e.object_type = 'grant' and exists (select from grants g where g.id::text = e.object_id and g.principal_id = e.principal_id)
            -- To a group in which one is oneself.
            or e.object_type = 'group_grant'
               and exists (select from grants g where g.group_grant_id::text = e.object_id and g.principal_id = e.principal_id))
       and e.occurred_at > ${since(now, newsHours)} and e.occurred_at <= ${now}::timestamptz`,
  // Value: rows of the hour, where it is more than so many times the largest hour of the time before. That time is read only for an hour that
  // passes the threshold.
  mass_export: ({ now, loosest }) => sql`
    with hour as (
      select e.principal_id, max(e.principal_name) as name, date_trunc('hour', e.occurred_at) as at, sum((e.event_details ->> 'rows')::numeric) as n,
             (array_agg(e.event_id order by e.occurred_at desc))[1] as event
        from security_events_extended e
       where e.event_type = 'export_finished' and e.principal_id is not null and jsonb_typeof(e.event_details -> 'rows') = 'number'
         and e.occurred_at > ${since(now, newsHours)} and e.occurred_at <= ${now}::timestamptz
       group by e.principal_id, date_trunc('hour', e.occurred_at)
      having sum((e.event_details ->> 'rows')::numeric) >= ${loosest}::numeric and date_trunc('hour', e.occurred_at) > ${since(now, newsHours)}
    )
    select h.principal_id || ' ' || h.at, null, 'person', h.name, h.n, jsonb_build_object('who', h.name, 'last', h.at, 'event', h.event, 'before', before.most)
      from hour h
      cross join lateral (
        select coalesce(max(o.n), 0) as most
          from (select sum((p.event_details ->> 'rows')::numeric) as n from security_events_extended p
                 where p.principal_id = h.principal_id and p.event_type = 'export_finished' and jsonb_typeof(p.event_details -> 'rows') = 'number'
                   and p.occurred_at > ${since(now, 24 * habitDays)} and p.occurred_at < h.at
                 group by date_trunc('hour', p.occurred_at)) o
      ) before
     where h.n > ${exportFactor} * before.most`,
  approval_by_asker: ({ now }) => sql`
    select a.approval_id::text, a.system_id, 'approval', a.approval_id::text, 1,
           jsonb_build_object('who', a.decided_by, 'what', left(a.requested_action, 200), 'last', a.decided_at)
      from approvals a
     where a.status = 'approved' and a.decided_by = a.requested_by
       and a.decided_at > ${since(now, newsHours)} and a.decided_at <= ${now}::timestamptz`,
} as const satisfies Readonly<Record<string, Condition>>;
