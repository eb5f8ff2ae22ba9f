/** Accounts, grants and tokens as lists: filtered, paged, counted. What a row shows is fetched by the keys of its page. */
import { boundariesOfGrant } from '../../../record/systems/index.ts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type {
  FacetOf,
  FilterOf,
  grantList,
  ListQuery,
  tokenList,
  userList,
} from '../../../canonical/lists/index.ts';
import {
  type Conditions,
  countByFacet,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../../platform/lists/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { fetchGrantsByIds, type GrantRow } from '../grants/grants.sql.ts';
import { fetchPrincipalsByIds, type PrincipalRow } from '../people/principals.sql.ts';
import { fetchTokensByIds, type TokenRow } from '../tokens/tokens.sql.ts';

type Users = typeof userList;
type Grants = typeof grantList;
type Tokens = typeof tokenList;

/** A lock for some minutes is none any more once they are over. */
const status = (at: Date) =>
  sql`case when p.status = 'locked' and p.locked_until <= ${at} then 'active' else p.status end`;
const grantState = (at: Date) =>
  sql`case when g.revoked_at is not null then 'revoked' when g.until_at <= ${at} then 'ended' else 'in force' end`;
const tokenState = (at: Date) =>
  sql`case when t.revoked_at is not null then 'revoked' when t.expires_at <= ${at} then 'expired' else 'in force' end`;

const inForce = (state: RawBuilder<unknown>, wanted: unknown): RawBuilder<boolean>[] =>
  wanted === undefined ? [sql<boolean>`${state} = 'in force'`] : [];

const users = (at: Date) => ({
  from: sql`principals p`,
  id: { column: sql`p.id`, type: 'uuid' as const, always: true as const },
  sorts: {
    name: { column: sql`lower(p.name)`, type: 'text' as const, always: true as const },
    signin: { column: sql`p.last_sign_in_at`, type: 'timestamptz' as const },
    added: { column: sql`p.created_at`, type: 'timestamptz' as const, always: true as const },
  },
  facets: { kind: sql`p.kind`, status: status(at) },
});

const userConditions = (at: Date): Conditions<FilterOf<Users>> => ({
  kind: wordsOf(sql`p.kind`),
  status: wordsOf(status(at)),
  role: (term) => {
    const has = wordsOf(sql`g.role`)(term.is === 'in' ? { ...term, negated: false } : term);
    const some = sql<boolean>`exists (select from grants g where g.principal_id = p.id and g.revoked_at is null
        and (g.until_at is null or g.until_at > ${at}) and ${has})`;
    return term.is === 'in' && term.negated ? sql`not ${some}` : some;
  },
  signin: instantOf(sql`p.last_sign_in_at`),
  q: textOf(sql`concat_ws(' ', p.name, p.display_name, p.email)`),
});

const grants = (at: Date) => ({
  from: sql`grants g join principals p on p.id = g.principal_id`,
  id: { column: sql`g.id`, type: 'uuid' as const, always: true as const },
  sorts: {
    account: { column: sql`lower(p.name)`, type: 'text' as const, always: true as const },
    granted: { column: sql`g.granted_at`, type: 'timestamptz' as const, always: true as const },
    until: { column: sql`g.until_at`, type: 'timestamptz' as const },
  },
  facets: { role: sql`g.role`, source: sql`g.source`, state: grantState(at) },
});

const grantConditions = (at: Date): Conditions<FilterOf<Grants>> => ({
  account: wordsOf(sql`p.name`),
  role: wordsOf(sql`g.role`),
  permission: wordsOf(sql`g.permission`),
  system: (term) => {
    const among = term.is === 'in' ? term.values : [];
    const some = sql<boolean>`${boundariesOfGrant} && ${among}::text[]`;
    return term.is === 'in' && term.negated ? sql`not (${some})` : some;
  },
  state: wordsOf(grantState(at)),
  source: wordsOf(sql`g.source`),
  until: instantOf(sql`g.until_at`),
  q: textOf(sql`concat_ws(' ', p.name, p.display_name, g.role, g.permission, g.reason)`),
});

const tokens = (at: Date) => ({
  from: sql`api_tokens t join principals p on p.id = t.principal_id`,
  id: { column: sql`t.id`, type: 'text' as const, always: true as const },
  sorts: {
    created: { column: sql`t.created_at`, type: 'timestamptz' as const, always: true as const },
    ends: { column: sql`t.expires_at`, type: 'timestamptz' as const, always: true as const },
    used: { column: sql`t.last_used_at`, type: 'timestamptz' as const },
    account: { column: sql`lower(p.name)`, type: 'text' as const, always: true as const },
  },
  facets: { account: sql`p.name`, state: tokenState(at) },
});

const tokenConditions = (at: Date): Conditions<FilterOf<Tokens>> => ({
  account: wordsOf(sql`p.name`),
  state: wordsOf(tokenState(at)),
  used: instantOf(sql`t.last_used_at`),
  ends: instantOf(sql`t.expires_at`),
  q: textOf(sql`concat_ws(' ', t.id, t.name, p.name, p.display_name)`),
});

/** With what a list of accounts shows beside them. */
export interface UserRow extends PrincipalRow {
  /** Of grants in force, each once. */
  readonly roles: readonly string[];
  /** Open ones. */
  readonly sessions: number;
}

type Db = Kysely<Database>;
interface List<L, Row> {
  page(db: Db, at: Date, query: ListQuery<L>): Promise<Page<Row>>;
  count(db: Db, at: Date, filter: Filter<FilterOf<L>>, atMost: number | undefined): Promise<ListCount>;
  facet(db: Db, at: Date, filter: Filter<FilterOf<L>>, by: FacetOf<L>): Promise<FacetCount[]>;
}

export const listedUsers: List<Users, UserRow> = {
  async page(db, at, query) {
    const keys = await selectKeys(db, users(at), filtered(userConditions(at), query.filter), query);
    const rows = await fetchPrincipalsByIds(db, keys.items);
    const beside = await rolesAndSessions(db, keys.items, at);
    const whole = rows.map((row): UserRow => ({
      ...row,
      ...(beside.get(row.id) ?? { roles: [], sessions: 0 }),
    }));
    return { ...keys, items: inOrderOf(keys.items, whole, ({ id }) => id) };
  },
  count: (db, at, filter, atMost) =>
    countFitting(db, users(at), filtered(userConditions(at), filter), atMost),
  facet: (db, at, filter, by) => countByFacet(db, users(at), filtered(userConditions(at), filter), by),
};

const fittingGrants = (at: Date, filter: Filter<FilterOf<Grants>>) => [
  ...inForce(grantState(at), filter.state),
  ...filtered(grantConditions(at), filter),
];
export const listedGrants: List<Grants, GrantRow> = {
  async page(db, at, query) {
    const keys = await selectKeys(db, grants(at), fittingGrants(at, query.filter), query);
    const rows = await fetchGrantsByIds(db, keys.items);
    return { ...keys, items: inOrderOf(keys.items, rows, ({ id }) => id) };
  },
  count: (db, at, filter, atMost) => countFitting(db, grants(at), fittingGrants(at, filter), atMost),
  facet: (db, at, filter, by) => countByFacet(db, grants(at), fittingGrants(at, filter), by),
};

const fittingTokens = (at: Date, filter: Filter<FilterOf<Tokens>>) => [
  ...inForce(tokenState(at), filter.state),
  ...filtered(tokenConditions(at), filter),
];
export const listedTokens: List<Tokens, TokenRow> = {
  async page(db, at, query) {
    const keys = await selectKeys(db, tokens(at), fittingTokens(at, query.filter), query);
    const rows = await fetchTokensByIds(db, keys.items);
    return { ...keys, items: inOrderOf(keys.items, rows, ({ id }) => id) };
  },
  count: (db, at, filter, atMost) => countFitting(db, tokens(at), fittingTokens(at, filter), atMost),
  facet: (db, at, filter, by) => countByFacet(db, tokens(at), fittingTokens(at, filter), by),
};

async function rolesAndSessions(
  db: Db,
  ids: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, Pick<UserRow, 'roles' | 'sessions'>>> {
  const { rows } = await sql<{ id: string; roles: string[]; sessions: number }>`
    select wanted.id::text as id,
           coalesce((select array_agg(distinct g.role order by g.role) from grants g
                      where g.principal_id = wanted.id and g.role is not null and g.revoked_at is null
                        and (g.until_at is null or g.until_at > ${at})), '{}') as roles,
           (select count(*)::int from sessions s where s.principal_id = wanted.id and s.ended_at is null) as sessions
      from unnest(${[...ids]}::uuid[]) wanted(id)`.execute(db);
  return new Map(rows.map(({ id, roles, sessions }) => [id, { roles, sessions }]));
}
