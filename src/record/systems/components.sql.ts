import { sql, type Kysely } from 'kysely';
import type { Identifier } from '../../canonical/identity/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** Makes the identifiers of components exactly these. @returns the ids (as text) of components with changed identifiers. */
export async function replaceComponentIdentifiers(
  db: Kysely<Database>,
  components: readonly { readonly componentId: number; readonly identifiers: readonly Identifier[] }[],
): Promise<Set<string>> {
  if (components.length === 0) return new Set();
  const rows = components.flatMap(({ componentId, identifiers }) =>
    identifiers.map(({ kind, value }) => ({ id: componentId, kind, value })),
  );
  const given = sql`jsonb_to_recordset(${storableJson(rows)}::jsonb) as g(id int, kind text, value text)`;
  const removed = await sql<{ id: string }>`
    delete from component_identifiers i
     where i.component_id = any(${components.map((each) => each.componentId)}::int[])
       and not exists (select from ${given} where g.id = i.component_id and g.kind = i.kind and g.value = i.value)
    returning i.component_id::text as id`.execute(db);
  const added = await sql<{ id: string }>`
    insert into component_identifiers (component_id, kind, value)
    select g.id, g.kind, g.value from ${given}
    on conflict do nothing
    returning component_id::text as id`.execute(db);
  return new Set([...removed.rows, ...added.rows].map((row) => row.id));
}
