/** The rows of own dashboards. */
import { isUuid } from '../../../platform/values/index.ts';
import { type Kysely, sql } from 'kysely';
import { type Actor, allRoles, type Role } from '../../../canonical/access/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { Tile } from './tiles.ts';

export interface OwnDashboardRow {
  readonly id: number;
  readonly name: string;
  readonly tiles: readonly Tile[];
  readonly owner: string | null;
  readonly ownerPrincipalId: string | null;
  readonly isPublic: boolean;
  readonly roles: readonly Role[];
  readonly columns: number;
  readonly refreshSeconds: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** Null: of the account of the machine. */
const principalOf = ({ principalId }: Pick<Actor, 'principalId'>): string | null =>
  isUuid(principalId) ? principalId : null;
const rolesOf = ({ kind, grants }: Actor): readonly Role[] =>
  kind === 'local' ? allRoles : grants.flatMap(({ gives }) => ('role' in gives ? [gives.role] : []));

export const isOwner = (actor: Actor, row: OwnDashboardRow): boolean =>
  actor.kind === 'local' || (row.ownerPrincipalId !== null && row.ownerPrincipalId === principalOf(actor));

/** SQL of whose dashboard `d` is. One that has the owner's account alone, as the plan has it, is of who that account is here. */
const ownerPrincipal = sql`coalesce(d.owner_principal_id, (select p.id from principals p where p.user_id = d.owner_id order by p.id limit 1))`;

/** The dashboards that the actor may see: their own, those for everybody, and those shared with a role that they hold. @param id only this one. */
export async function listOwnDashboards(
  db: Kysely<Database>,
  actor: Actor,
  id?: number,
): Promise<OwnDashboardRow[]> {
  const seen =
    actor.kind === 'local'
      ? sql`true`
      : sql`(d.is_public or ${ownerPrincipal} = ${principalOf(actor)}::uuid
             or coalesce(d.access_control -> 'roles', '[]') ?| ${[...rolesOf(actor)]}::text[])`;
  const { rows } = await sql<OwnDashboardRow>`
    select d.id, d.dashboard_name as name, coalesce(d.widget_config -> 'tiles', '[]') as tiles, d.owner_name as owner,
           ${ownerPrincipal}::text as "ownerPrincipalId", d.is_public as "isPublic", coalesce(d.access_control -> 'roles', '[]') as roles,
           coalesce((d.layout_config ->> 'columns')::int, 3) as columns, d.refresh_interval_seconds as "refreshSeconds", d.created_at as "createdAt",
           d.updated_at as "changedAt"
      from dashboards d where d.dashboard_type = 'own' and ${id === undefined ? sql`true` : sql`d.id = ${id}`} and ${seen}
     order by lower(d.dashboard_name), d.id limit 500`.execute(db);
  return rows;
}

export interface NewDashboard {
  readonly name: string;
  readonly tiles: readonly Tile[];
  readonly isPublic: boolean;
  readonly roles: readonly Role[];
  /** Tiles beside each other on a wide page, 1 to 4. */
  readonly columns: number;
  /** How often a page that shows it asks for newer numbers. */
  readonly refreshSeconds: number;
}

/** @param id undefined: a new one. @returns its id. */
export async function saveDashboard(
  db: Kysely<Database>,
  actor: Actor,
  { name, tiles, isPublic, roles, columns, refreshSeconds }: NewDashboard,
  at: { readonly id?: number | undefined; readonly now: Date },
): Promise<number> {
  const values = {
    widgets: storableJson({ tiles }),
    layout: storableJson({ columns }),
    access: storableJson({ roles }),
  };
  const { rows } =
    at.id === undefined
      ? await sql<{ id: number }>`
          insert into dashboards (dashboard_name, dashboard_type, owner_id, owner_principal_id, owner_name, layout_config, widget_config, access_control,
                                  is_public, refresh_interval_seconds, created_at, updated_at)
          values (${name}, 'own', (select user_id from principals where id = ${principalOf(actor)}::uuid), ${principalOf(actor)}::uuid, ${actor.name},
                  ${values.layout}::jsonb, ${values.widgets}::jsonb, ${values.access}::jsonb, ${isPublic}, ${refreshSeconds}, ${at.now}, ${at.now})
          returning id`.execute(db)
      : await sql<{ id: number }>`
          update dashboards set dashboard_name = ${name}, widget_config = ${values.widgets}::jsonb, access_control = ${values.access}::jsonb,
                 layout_config = layout_config || ${values.layout}::jsonb, refresh_interval_seconds = ${refreshSeconds}, is_public = ${isPublic}, updated_at = ${at.now}
           where id = ${at.id} returning id`.execute(db);
  return rows[0]?.id ?? 0;
}

export async function deleteDashboard(db: Kysely<Database>, id: number): Promise<void> {
  await sql`delete from dashboards where id = ${id}`.execute(db);
}
