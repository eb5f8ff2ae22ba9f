/** Rules that tie weaknesses to controls, as rows that people edit; and the controls that there are. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { ControlRule } from '../weaknesses/index.ts';

export interface StoredControlRule extends ControlRule {
  readonly id: number;
}

/** In the order in which they are asked. */
export async function listStoredRules(db: Kysely<Database>): Promise<StoredControlRule[]> {
  const { rows } = await sql<StoredControlRule>`
    select id, priority, match_field as "matchField", pattern, controls, source from control_rules order by priority, id`.execute(
    db,
  );
  return rows;
}

/** @returns undefined where there is a rule that matches just that. */
export async function insertRule(db: Kysely<Database>, rule: ControlRule): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    insert into control_rules (priority, match_field, pattern, controls, source)
    values (${rule.priority}, ${rule.matchField}, ${rule.pattern}, ${[...rule.controls]}::text[], ${rule.source})
    on conflict on constraint control_rules_once do nothing returning id`.execute(db);
  return rows[0]?.id;
}

/** @returns what it was before; undefined where there is none of that id, 'taken' where another rule matches just that. */
export async function updateRule(
  db: Kysely<Database>,
  id: number,
  rule: ControlRule,
): Promise<StoredControlRule | 'taken' | undefined> {
  const { rows: before } = await sql<StoredControlRule>`
    select id, priority, match_field as "matchField", pattern, controls, source from control_rules where id = ${id} for update`.execute(
    db,
  );
  if (!before[0]) return undefined;
  const { rows } = await sql`
    update control_rules r
       set priority = ${rule.priority}, match_field = ${rule.matchField}, pattern = ${rule.pattern}, controls = ${[...rule.controls]}::text[],
           source = ${rule.source}
     where r.id = ${id}
       and not exists (select from control_rules other where other.id <> r.id and other.match_field = ${rule.matchField} and other.pattern = ${rule.pattern})
    returning r.id`.execute(db);
  return rows.length === 0 ? 'taken' : before[0];
}

/** @returns what was removed; undefined where there is none of that id. */
export async function deleteRule(db: Kysely<Database>, id: number): Promise<StoredControlRule | undefined> {
  const { rows } = await sql<StoredControlRule>`
    delete from control_rules where id = ${id}
    returning id, priority, match_field as "matchField", pattern, controls, source`.execute(db);
  return rows[0];
}

export interface NamedControl {
  readonly controlId: string;
  readonly title: string;
  readonly isWithdrawn: boolean;
  readonly movedTo: string | null;
}

export async function fetchNamedControls(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<NamedControl[]> {
  const { rows } = await sql<NamedControl>`
    select control_id as "controlId", title, is_withdrawn as "isWithdrawn", moved_to as "movedTo" from nist_controls
     where control_id = any(${[...ids]}::text[])`.execute(db);
  return rows;
}

/** What rules go by, of one plugin. */
export async function fetchMatched(
  db: Kysely<Database>,
  pluginId: string,
): Promise<
  | {
      readonly pluginId: string;
      readonly pluginName: string;
      readonly family: string | null;
      readonly references: readonly string[];
      readonly cves: readonly string[];
    }
  | undefined
> {
  const { rows } = await sql<{
    pluginId: string;
    pluginName: string;
    family: string | null;
    references: string[];
    cves: string[];
  }>`
    select plugin_id as "pluginId", name as "pluginName", family, coalesce(cross_references, '{}') as "references", coalesce(cves, '{}')::text[] as cves
      from scan_plugins where plugin_id = ${pluginId}`.execute(db);
  return rows[0];
}
