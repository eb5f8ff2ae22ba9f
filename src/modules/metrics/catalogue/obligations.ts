/** M30 and M32 to M34: audits, FedRAMP's rules, and the agreement of both sides. */
import type { Catalogue } from '../metric.ts';

/** The category that an audit names, over `r`; a check without one is CAT II, as the weakness rules have it. */
const category = `coalesce((select max(case upper(btrim(regexp_replace(x, '^cat\\s*[|#:]?\\s*', '', 'i'))) when 'I' then 'CAT I' when 'III' then 'CAT III' else 'CAT II' end)
                   from unnest(r.control_references) x where x ~* '^cat'), 'CAT II')`;

/** VER-TFR-EVU: days from detection to the evaluation, by class, as the newest version of the policy has them. */
const evaluationDays = `(select distinct on (e.class) e.class, e.days from due_date_policy_evaluations e
         where e.policy_id = 'fedramp-vdr' order by e.class, e.version desc) l`;

const disagreeing = `exists (select from sync_conflicts c where c.external_system_id = k.external_system_id and c.entity_type = k.entity_type
                             and c.entity_id = k.entity_id and c.resolution_status = 'pending')
          or exists (select from sync_outbox o where o.external_system_id = k.external_system_id and o.entity_type = k.entity_type
                        and o.entity_id = k.entity_id and o.settled_at is null)`;
const linked = `from (select k.*, case k.entity_type when 'system' then k.entity_id when 'poam' then p.system_id::text end as boundary
          from sync_links k left join ingestion_poams p on k.entity_type = 'poam' and p.poam_id = k.entity_id
         where k.retired_at is null and k.entity_type in ('system', 'poam')) k`;
const since = `least((select min(c.created_at) from sync_conflicts c where c.external_system_id = k.external_system_id and c.entity_type = k.entity_type
                             and c.entity_id = k.entity_id and c.resolution_status = 'pending'),
                     (select min(o.created_at) at time zone 'UTC' from sync_outbox o where o.external_system_id = k.external_system_id and o.entity_type = k.entity_type
                             and o.entity_id = k.entity_id and o.settled_at is null))`;
const linkColumns = `k.id::text as record, k.boundary as system_id, true as main, null::text as severity, null::text as band`;

export const obligations: Catalogue = [
  {
    code: 'M30',
    name: 'cora-risk',
    title: 'CORA risk score',
    category: 'stig',
    definition:
      'Weighted share of the audit checks that fail or were not answered (error, skipped, warning, unknown): CAT I weighs 10, CAT II 4, CAT III 1, of the categories that there are. 20 percent and more is very high, 10 high.',
    formula: '(10 × pI + 4 × pII + 1 × pIII) / sum of the weights present',
    source: 'STIG Manager, calculateCoraRiskRating',
    kind: 'check',
    by: ['band'],
    records: `select r.id::text as record, m.system_id, coalesce(m.main, true) as main, null::text as severity, ${category} as band,
       r.status <> 'passed' as counted, true as base, null::numeric as amount
  from compliance_results r left join metric_member m on m.asset_uuid = r.asset_uuid
 where r.lifecycle_state is distinct from 'fixed' or r.status = 'passed'`,
    measures: [
      {
        key: 'value',
        title: 'CORA risk score',
        unit: 'percent',
        aggregate: 'cora',
        direction: 'down',
        target: { comparison: 'below', target: 10 },
      },
    ],
    needs: ['audits'],
  },
  {
    code: 'M32',
    name: 'evaluation-timeliness',
    title: 'Evaluation timeliness',
    category: 'fedramp-vdr',
    definition:
      'Of the weaknesses detected in the last 90 days in boundaries whose FedRAMP class is known, the share evaluated within the time that the policy fedramp-vdr gives their class (14, 7, 5 or 2 days for class A, B, C or D, as it ships). Those whose time still runs and that nobody has evaluated are left out.',
    formula: 'evaluated in time / detected × 100',
    source: 'VER-TFR-EVU',
    kind: 'weakness',
    by: [],
    records: `select w.id::text as record, w.system_id::text as system_id, true as main, w.severity, null::text as band,
       coalesce(e.first <= w.detected_on + l.days, false) as counted, true as base, null::numeric as amount
  from weaknesses w
  join (select distinct on (system_id) system_id, class from boundary_due_facts order by system_id, set_at desc, id desc) b on b.system_id = w.system_id
  join ${evaluationDays} on l.class = b.class
  left join lateral (select min(e.evaluated_at) at time zone 'UTC' as first from weakness_evaluations e
                      where e.system_id = w.system_id and e.grouping = w.grouping and e.identifier = w.identifier) e on true
 where w.superseded_at is null and w.detected_on between :today - 90 and :today and (e.first is not null or w.detected_on + l.days < :today)`,
    measures: [
      { key: 'value', title: 'Evaluated in time', unit: 'percent', aggregate: 'share', direction: 'up' },
    ],
    needs: ['vdr_classes'],
  },
  {
    code: 'M33',
    name: 'accepted-vulnerabilities',
    title: 'Accepted vulnerabilities',
    category: 'fedramp-vdr',
    definition:
      'Weaknesses with an open POA&M that were detected more than 192 days ago, or whose risk was accepted by an approved deviation, by their potential agency impact.',
    formula: 'number not, or not to be, mitigated within 192 days',
    source: 'VER-TFR-MAV',
    kind: 'weakness',
    by: ['band'],
    records: `select w.id::text as record, w.system_id::text as system_id, true as main, w.severity, coalesce(e.agency_impact, 'not evaluated') as band,
       true as counted, true as base, null::numeric as amount
  from weaknesses w
  join metric_poam p on p.id = w.poam_id
  left join lateral (select e.agency_impact from weakness_evaluations e where e.system_id = w.system_id and e.grouping = w.grouping
                        and e.identifier = w.identifier order by e.evaluated_at desc, e.id desc limit 1) e on true
 where w.superseded_at is null
   and (p.is_open and w.detected_on < :today - 192
        or exists (select from deviations d where d.poam_id = p.poam_id and d.kind = 'risk_acceptance' and d.state = 'approved'))`,
    measures: [
      {
        key: 'value',
        title: 'Accepted vulnerabilities',
        unit: 'count',
        aggregate: 'count',
        direction: 'down',
      },
    ],
  },
  {
    code: 'M34',
    name: 'data-agreement',
    title: 'Data agreement',
    category: 'sync',
    definition:
      'Share of the linked systems and POA&Ms on which both sides agree: no open conflict, nothing still to be sent. And the hours since the oldest disagreement.',
    formula: 'agree / linked × 100; now − oldest disagreement',
    source: 'own (the promise of this product)',
    kind: 'link',
    by: [],
    records: `select ${linkColumns}, not (${disagreeing}) as counted, true as base, null::numeric as amount ${linked}`,
    measures: [
      { key: 'value', title: 'Data agreement', unit: 'percent', aggregate: 'share', direction: 'up' },
      {
        key: 'oldest',
        title: 'Oldest disagreement',
        unit: 'hours',
        aggregate: 'largest',
        direction: 'down',
        records: `select ${linkColumns}, true as counted, true as base, extract(epoch from :now - ${since}) / 3600 as amount ${linked} where ${disagreeing}`,
      },
    ],
    needs: ['links'],
  },
];
