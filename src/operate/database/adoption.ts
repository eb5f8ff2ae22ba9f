/** Moving into a database, seen from the command line: look, show, do, verify, grant, take out again. */
import type pg from 'pg';
import { TielineError } from '../../platform/errors/index.ts';
import { type LinkFault, listLinkFaults } from '../../ledger/links/index.ts';
import {
  baseTables,
  broughtNames,
  computeChecksums,
  type ConnectionSource,
  fetchCatalog,
  fetchMigrationState,
  grantStatements,
  ledgerNames,
  ledgerStatements,
  listChecksumTargets,
  listUnfinishedIndexes,
  migrate,
  type MigrateOptions,
  type MigrateResult,
  type MigrationPlan,
  planRemoval,
  preparePlan,
  type Problem,
  readMigrationFiles,
  type RemovalPlan,
  remove,
  type TableChecksum,
  type TableReport,
} from '../../platform/migrations/index.ts';
import { countDataTraps, type DataTrap } from './data-traps.sql.ts';

export interface DatabaseAccess {
  readonly pool: ConnectionSource;
  readonly migrationsFolder: string;
}

export interface DatabaseCheck {
  readonly database: string;
  readonly server: string;
  readonly role: string;
  readonly encoding: string;
  /** Whether another application's tables are there. */
  readonly adopted: boolean;
  readonly canMigrate: boolean;
  readonly pending: readonly string[];
  readonly unfinishedIndexes: readonly string[];
  /** Where new tables go, and where those whose names are taken. */
  readonly schema: string;
  readonly ownSchema: string;
  readonly tables: readonly TableReport[];
  readonly problems: readonly Problem[];
  readonly traps: readonly DataTrap[];
  /** Counts that took too long, or were not asked for. */
  readonly notCounted: readonly string[];
  /** Statements that run while tables of the owner's are locked, and an estimate of how long that takes. */
  readonly lockedStatements: number;
  readonly estimatedLockMs: number;
  readonly indexesToBuild: readonly string[];
  /** Sessions that hold the tables now for longer than a second; a migration waits for them, without holding up others. */
  readonly holders: readonly {
    readonly pid: number;
    readonly application: string;
    readonly seconds: number;
    readonly state: string;
  }[];
  /** Rows that are linked to records of several systems or twice to one, and conflicts without a system; at most 500. */
  readonly linkFaults: readonly LinkFault[];
}

const mostLinkFaults = 500;

/** Measured: 22 ms for 20 statements on a laptop's disk; the catalog alone is written, whatever the size of the tables. */
const msPerLockedStatement = 2;

async function withClient<T>(
  pool: ConnectionSource,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    // Destroyed: what was set on it ends with it.
    client.release(true);
  }
}

/**
 * What a migration would find and do. Reads only.
 * @param options.countRows whether to count what in the rows is awkward, which reads whole tables.
 */
export function checkDatabase(
  access: DatabaseAccess,
  options: { readonly schema?: string; readonly countRows: boolean; readonly countLimitMs: number },
): Promise<DatabaseCheck> {
  return withClient(access.pool, async (client) => {
    const { plan, catalog, state } = await preparePlan(client, {
      folder: access.migrationsFolder,
      ...(options.schema === undefined ? {} : { schema: options.schema }),
    });
    const counted =
      options.countRows && plan.adopted
        ? await countDataTraps(client, catalog, options.countLimitMs)
        : { traps: [], leftOut: plan.adopted ? ['the rows (--quick)'] : [] };
    const unfinished =
      state.schema !== undefined && state.brought.length > 0
        ? await listUnfinishedIndexes(client, state.schema)
        : [];
    return {
      database: catalog.database,
      server: catalog.versionText,
      role: catalog.role,
      encoding: catalog.encoding,
      adopted: plan.adopted,
      canMigrate: plan.problems.length === 0,
      pending: plan.files.map((file) => file.name),
      unfinishedIndexes: unfinished.map((index) => index.name),
      schema: plan.schema,
      ownSchema: plan.ownSchema,
      tables: plan.tables,
      problems: plan.problems,
      traps: counted.traps,
      notCounted: counted.leftOut,
      lockedStatements: plan.locked.length,
      estimatedLockMs: plan.locked.length === 0 ? 0 : 20 + plan.locked.length * msPerLockedStatement,
      indexesToBuild: plan.indexes.map((index) => index.name),
      holders: catalog.holders,
      linkFaults: await listLinkFaults(client, mostLinkFaults),
    };
  });
}

/** The SQL that `migrateDatabase` would run, in its order. Reads only. @throws DATABASE_UNSUITABLE as that does. */
export function showMigration(access: DatabaseAccess, schema?: string): Promise<string> {
  return withClient(access.pool, async (client) => {
    const { plan } = await preparePlan(client, {
      folder: access.migrationsFolder,
      ...(schema === undefined ? {} : { schema }),
    });
    return plan.files.length === 0 ? '-- Nothing to do: every migration is applied.\n' : sqlOf(plan);
  });
}

function sqlOf(plan: MigrationPlan): string {
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const { exclusive, shared } = plan.locks;
  return [
    '-- What `tieline db migrate` would run. Nothing was changed.',
    '',
    "-- 1. One transaction. First Tieline's own tables, which locks nothing that is there.",
    'BEGIN;',
    `SET LOCAL search_path = ${plan.searchPath.map(quote).join(', ')};`,
    ...plan.create.map((statement) => `${statement.sql};`),
    ...ledgerStatements(plan).map((sql) => `${sql};`),
    ...(plan.locked.length === 0
      ? []
      : [
          '',
          '-- Then, in one message to the server, the tables that are there. Tieline gives the locks up and tries again',
          '-- if they are not to be had within a fraction of a second, so nobody queues behind it.',
          ...exclusive.map((table) => `LOCK TABLE ONLY ${table} IN SHARE UPDATE EXCLUSIVE MODE;`),
          "SET LOCAL lock_timeout = '400ms';",
          ...(shared.length > 0 ? [`LOCK TABLE ${shared.join(', ')} IN SHARE ROW EXCLUSIVE MODE;`] : []),
          ...(exclusive.length > 0 ? [`LOCK TABLE ${exclusive.join(', ')} IN ACCESS EXCLUSIVE MODE;`] : []),
          ...plan.locked.map((statement) => `${statement.sql};`),
        ]),
    'COMMIT;',
    ...(plan.indexes.length === 0
      ? []
      : ['', '-- 2. Indexes, one after the other; readers and writers continue.']),
    ...plan.indexes.map((index) => `${index.sql};`),
    ...(plan.validations.length === 0
      ? []
      : ['', '-- 3. Checks of our own columns; readers and writers continue.']),
    ...plan.validations.map(
      ({ table, constraint }) => `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint};`,
    ),
    '',
  ].join('\n');
}

/** What a migration did: files, indexes, and the rows of the owner's before and after. */
export type DatabaseMigration = MigrateResult;

/** Migrates. @throws as platform/migrations/migrate.ts does. */
export function migrateDatabase(
  access: DatabaseAccess,
  options: Omit<MigrateOptions, 'folder'>,
): Promise<DatabaseMigration> {
  return migrate(access.pool, { ...options, folder: access.migrationsFolder });
}

/** Row counts and checksums of the owner's tables over their own columns. */
export function checksumDatabase(access: DatabaseAccess): Promise<TableChecksum[]> {
  return withClient(access.pool, async (client) => {
    const catalog = await fetchCatalog(client, ledgerNames);
    const state = await fetchMigrationState(client, catalog);
    const targets = await listChecksumTargets(client, broughtNames(state.brought));
    return computeChecksums(client, targets);
  });
}

export async function listGrants(
  access: DatabaseAccess,
  roles: { readonly service: string; readonly reader?: string },
): Promise<string[]> {
  const files = await readMigrationFiles(access.migrationsFolder);
  return withClient(access.pool, (client) => grantStatements(client, roles, baseTables(files)));
}

/**
 * Takes out what Tieline added.
 * @param options.confirm must be the database's name; without it the plan is only shown.
 * @throws USAGE where another name is given, DATABASE_UNSUITABLE where something of the owner's uses what would go.
 */
export async function removeFromDatabase(
  access: DatabaseAccess,
  options: { readonly confirm?: string; readonly patienceMs: number },
): Promise<{ readonly removed: boolean; readonly plan: RemovalPlan; readonly database: string }> {
  const { plan, database } = await withClient(access.pool, async (client) => {
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    return { plan: await planRemoval(client), database: rows[0]?.name ?? '' };
  });
  if (options.confirm === undefined) return { removed: false, plan, database };
  if (options.confirm !== database)
    throw new TielineError(
      'USAGE',
      `The database is called ${database}, not ${options.confirm}; nothing was removed.`,
      {
        fields: [{ field: '--confirm', message: `must be ${database}` }],
      },
    );
  if (plan.dependents.length > 0)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      "Something that is not Tieline's uses what would be removed; nothing was removed.",
      {
        fields: plan.dependents.map((dependent) => ({
          field: dependent,
          message: "uses a table or column of Tieline's",
        })),
        remedy: 'Drop or change these first.',
      },
    );
  await remove(access.pool, plan, options.patienceMs);
  return { removed: true, plan, database };
}
