/** Takes out of a database what Tieline added, and nothing else: the reverse of a migration, by its own list. */
import type { ConnectionSource } from './connection-source.ts';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, TielineError } from '../errors/index.ts';
import { databaseErrorOf } from '../postgres/index.ts';
import { queueSchema } from '../queue/index.ts';
import { fetchCatalog } from './catalog.ts';
import { fetchMigrationState, ledgerNames, type RecordedObject } from './brought.ts';

export interface RemovalPlan {
  readonly schema: string;
  readonly objects: readonly RecordedObject[];
  /** Views, constraints and the like of the owner's that use something that would go. */
  readonly dependents: readonly string[];
  /** Tables of the owner's that lose something: a column, an index, or a reference to them. */
  readonly locks: readonly string[];
  readonly statements: readonly string[];
}

const quote = (name: string): string => pg.escapeIdentifier(name);

/** @throws DATABASE_UNSUITABLE where there is nothing of Tieline's. */
export async function planRemoval(client: pg.ClientBase): Promise<RemovalPlan> {
  const catalog = await fetchCatalog(client, ledgerNames);
  const state = await fetchMigrationState(client, catalog);
  if (state.schema === undefined || state.brought.length === 0)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      'This database holds nothing that Tieline has on its list.',
      {
        remedy: 'There is nothing to remove.',
      },
    );
  return {
    schema: state.schema,
    objects: state.brought,
    dependents: await listDependents(client, state.brought),
    locks: await listTouchedTables(client, state.brought),
    statements: removalStatements(state.schema, state.brought),
  };
}

const ofKind = (objects: readonly RecordedObject[], kind: RecordedObject['kind']): RecordedObject[] =>
  objects.filter((object) => object.kind === kind);

/** Tables that go, by schema and name. */
const goneTables = (objects: readonly RecordedObject[]): Set<string> =>
  new Set(ofKind(objects, 'table').map((table) => `${table.schema}.${table.name}`));

/** True of an object whose table stays: it must be taken out by itself. */
const staysIn =
  (gone: ReadonlySet<string>) =>
  (object: RecordedObject): boolean =>
    !gone.has(`${object.schema}.${object.table ?? ''}`);

/** Pure: what takes the objects out, in an order in which nothing of ours depends on what is gone already. */
function removalStatements(schema: string, objects: readonly RecordedObject[]): string[] {
  const tables = ofKind(objects, 'table');
  const stays = staysIn(goneTables(objects));
  return [
    ...ofKind(objects, 'index')
      .filter(stays)
      .map((index) => `DROP INDEX IF EXISTS ${quote(index.schema)}.${quote(index.name)}`),
    ...ofKind(objects, 'constraint')
      .filter(stays)
      .map(
        (constraint) =>
          `ALTER TABLE ${quote(constraint.schema)}.${quote(constraint.table ?? '')} DROP CONSTRAINT IF EXISTS ${quote(constraint.name)}`,
      ),
    ...columnRemovals(ofKind(objects, 'column').filter(stays)),
    ...(tables.length > 0
      ? [
          `DROP TABLE IF EXISTS ${tables.map((table) => `${quote(table.schema)}.${quote(table.name)}`).join(', ')}`,
        ]
      : []),
    ...ofKind(objects, 'function').map(
      (made) => `DROP FUNCTION IF EXISTS ${quote(made.schema)}.${made.name}`,
    ),
    `DROP TABLE ${quote(schema)}.tieline_migrations`,
    ...ofKind(objects, 'schema').map(
      // What the queue's library keeps in its schema is on no list of ours.
      (made) => `DROP SCHEMA IF EXISTS ${quote(made.name)}${made.name === queueSchema ? ' CASCADE' : ''}`,
    ),
  ];
}

/** One statement a table, however many of its columns go. */
function columnRemovals(columns: readonly RecordedObject[]): string[] {
  const byTable = new Map<string, string[]>();
  for (const column of columns) {
    const table = `${quote(column.schema)}.${quote(column.table ?? '')}`;
    byTable.set(table, [...(byTable.get(table) ?? []), column.name]);
  }
  return [...byTable].map(
    ([table, names]) =>
      `ALTER TABLE ${table}\n  ${names.map((name) => `DROP COLUMN IF EXISTS ${quote(name)}`).join(',\n  ')}`,
  );
}

async function listDependents(client: pg.ClientBase, objects: readonly RecordedObject[]): Promise<string[]> {
  const tables = ofKind(objects, 'table');
  const columns = ofKind(objects, 'column');
  const { rows } = await client.query<{ dependent: string }>(dependentsQuery, [
    tables.map((table) => table.schema),
    tables.map((table) => table.name),
    columns.map((column) => column.schema),
    columns.map((column) => column.table),
    columns.map((column) => column.name),
  ]);
  return rows.map((row) => row.dependent);
}

/** Tables that stay and lose a column, an index or a constraint, or are referred to by a table that goes. */
async function listTouchedTables(
  client: pg.ClientBase,
  objects: readonly RecordedObject[],
): Promise<string[]> {
  const gone = goneTables(objects);
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname || '.' || c.relname <> all ($1::text[])
        and (n.nspname || '.' || c.relname = any($2::text[])
             or exists (select from pg_constraint k join pg_class own on own.oid = k.conrelid join pg_namespace space on space.oid = own.relnamespace
                         where k.contype = 'f' and k.confrelid = c.oid and space.nspname || '.' || own.relname = any($1::text[])))
      order by 1`,
    [
      [...gone],
      objects
        .filter(staysIn(gone))
        .flatMap((object) => (object.table === null ? [] : [`${object.schema}.${object.table}`])),
    ],
  );
  return rows.map((row) => row.name);
}

/** Objects outside the list that depend on something in it; without CASCADE they would stop the removal midway. */
const dependentsQuery = `
  with brought as (
    select c.oid, 0 as attnum from unnest($1::text[], $2::text[]) t(schema, name)
      join pg_namespace n on n.nspname = t.schema join pg_class c on c.relname = t.name and c.relnamespace = n.oid
    union all
    select c.oid, a.attnum from unnest($3::text[], $4::text[], $5::text[]) t(schema, name, col)
      join pg_namespace n on n.nspname = t.schema join pg_class c on c.relname = t.name and c.relnamespace = n.oid
      join pg_attribute a on a.attrelid = c.oid and a.attname = t.col
  )
  select distinct vn.nspname || '.' || v.relname as dependent
    from pg_depend d join brought b on b.oid = d.refobjid and d.refobjsubid = b.attnum or b.attnum = 0 and b.oid = d.refobjid
    join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    join pg_class v on v.oid = r.ev_class join pg_namespace vn on vn.oid = v.relnamespace
   where d.refclassid = 'pg_class'::regclass and v.oid not in (select oid from brought)
  union
  select k.conrelid::regclass::text || ' (constraint ' || k.conname || ')'
    from pg_constraint k join brought b on b.oid = k.confrelid and b.attnum = 0
   where k.contype = 'f' and k.conrelid not in (select oid from brought)
     and not exists (select from pg_inherits i where i.inhrelid = k.conrelid)
     and not exists (select from unnest(k.conkey) key(attnum) join brought own on own.oid = k.conrelid and own.attnum = key.attnum)
  order by 1`;

/** Carries a removal out in one transaction, which yields to the owner's work as a migration does. */
export async function remove(pool: ConnectionSource, plan: RemovalPlan, patienceMs: number): Promise<void> {
  const client = await pool.connect();
  const deadline = performance.now() + patienceMs;
  try {
    for (let attempt = 1; ; attempt += 1)
      try {
        await client.query(
          [
            'BEGIN',
            // All at once or not at all, so that nobody waits behind one lock while we wait for another.
            `SET LOCAL statement_timeout = ${Math.min(100 + 50 * attempt, 500)}`,
            ...(plan.locks.length > 0
              ? [`LOCK TABLE ${plan.locks.join(', ')} IN ACCESS EXCLUSIVE MODE`]
              : []),
            'SET LOCAL statement_timeout = 0',
            ...plan.statements,
            'COMMIT',
          ].join(';\n'),
        );
        return;
      } catch (cause) {
        await client.query('ROLLBACK').catch(() => undefined);
        const inUse = ['55P03', '40P01', '57014'].includes(databaseErrorOf(cause)?.code ?? '');
        if (!inUse || performance.now() > deadline)
          throw new TielineError('MIGRATION_FAILED', `The removal did not succeed: ${messageOf(cause)}`, {
            cause,
            remedy: 'The database is as it was. Mend the cause and run the command again.',
          });
        await delay(Math.min(50 * attempt, 1000));
      }
  } finally {
    client.release(true);
  }
}
