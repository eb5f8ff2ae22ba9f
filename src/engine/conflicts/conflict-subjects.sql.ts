/**
 * What a conflict is about, in the words of those who decide it: the boundary that the record belongs to, and the weakness.
 * SQL of a subquery over a conflict `c` (entity_type, entity_id).
 */
import { type RawBuilder, sql } from 'kysely';
import { boundaryOf, namedBy } from '../../record/entities/index.ts';

export interface ConflictWeakness {
  /** The plugin that found it; null where no finding is tied to the POA&M. */
  readonly plugin: string | null;
  readonly name: string | null;
  readonly severity: string | null;
  /** What the POA&M says about it. */
  readonly description: string | null;
}

/** Record ids are texts in a conflict, whatever they are in the table; cast so that the table's index serves. */
const number = sql`case when c.entity_id ~ '^[0-9]{1,9}$' then c.entity_id::int end`;

/** The key of the POA&M that a conflict about a POA&M or milestone concerns. */
const poamKey = sql`
    case c.entity_type
      when 'poam' then c.entity_id
      when 'milestone' then (select m.poam_id from ingestion_poam_milestones m where m.id = ${number})
    end`;

/** One row with `id`, the system_id of the boundary, or null. */
export const boundaryOfRecord = (): RawBuilder<unknown> => sql`select ${boundaryOf(namedBy('c'))} as id`;

/** Of the weakness w the plugin that reports it, or the first of them. */
const pluginOfWeakness = sql`case when w.grouping = 'plugin' then w.identifier else w.plugin_id end`;

/** One jsonb, as `ConflictWeakness`, or none where the conflict is about no POA&M. */
export const weaknessOfRecord = sql`
    select jsonb_build_object(
             'plugin', ${pluginOfWeakness}, 'name', coalesce(w.title, plugin.name), 'severity', coalesce(w.severity, to_jsonb(p) ->> 'risk_rating'),
             'description', coalesce(to_jsonb(p) ->> 'weakness_description', to_jsonb(p) ->> 'description'))
      from ingestion_poams p
      left join weaknesses w on w.poam_id = p.id
      left join scan_plugins plugin on plugin.plugin_id = ${pluginOfWeakness}
     where p.poam_id = ${poamKey}
     order by p.id, w.id limit 1`;
