import { z } from 'zod';
import { instant, tally } from '../json/index.ts';

/** `db check`. */
export const databaseCheck = z.strictObject({
  database: z.string(),
  server: z.string(),
  role: z.string(),
  encoding: z.string(),
  adopted: z.boolean(),
  canMigrate: z.boolean(),
  pending: z.array(z.string()),
  unfinishedIndexes: z.array(z.string()),
  schema: z.string(),
  ownSchema: z.string(),
  tables: z.array(
    z.strictObject({
      table: z.string(),
      schema: z.string(),
      status: z.enum(['fits', 'extended', 'differs', 'taken', 'new']),
      adds: z.array(z.string()),
      notes: z.array(z.strictObject({ what: z.string(), meaning: z.string() })),
      rows: z.number(),
      bytes: z.number(),
      owner: z.string().nullable(),
    }),
  ),
  problems: z.array(
    z.strictObject({ id: z.string(), what: z.string(), remedy: z.string(), acceptable: z.boolean() }),
  ),
  traps: z.array(
    z.strictObject({ table: z.string(), what: z.string(), rows: z.number(), meaning: z.string() }),
  ),
  notCounted: z.array(z.string()),
  lockedStatements: z.number(),
  estimatedLockMs: z.number(),
  indexesToBuild: z.array(z.string()),
  holders: z.array(
    z.strictObject({
      pid: z.number(),
      application: z.string(),
      seconds: z.number(),
      state: z.string(),
    }),
  ),
  linkFaults: z.array(
    z.strictObject({
      kind: z.enum(['two systems', 'double link', 'no system']),
      entity: z.string(),
      entityId: z.string(),
      detail: z.string(),
    }),
  ),
});

/** `db migrate --dry-run`. */
export const migrationSql = z.strictObject({ sql: z.string() });

/** `db migrate`. */
export const databaseMigration = z.strictObject({
  applied: z.array(z.string()),
  already: z.array(z.string()),
  adopted: z.boolean(),
  indexes: z.array(z.string()),
  verified: z.array(
    z.strictObject({
      table: z.string(),
      rowsBefore: z.number(),
      rowsAfter: z.number(),
      checksumBefore: z.string(),
      checksumAfter: z.string(),
      verdict: z.enum(['equal', 'written by others']),
    }),
  ),
  lockAttempts: z.number(),
  lockedMs: z.number(),
});

/** `db checksum`. */
export const tableChecksums = z.array(
  z.strictObject({
    schema: z.string(),
    table: z.string(),
    columns: z.array(z.string()),
    rows: z.number(),
    checksum: z.string(),
    written: z.number(),
  }),
);

/** `db grants`. */
export const databaseGrants = z.strictObject({ statements: z.array(z.string()) });

/** `db remove`. */
export const databaseRemoval = z.strictObject({
  removed: z.boolean(),
  database: z.string(),
  statements: z.array(z.string()),
  dependents: z.array(z.string()),
});

/** `db backfill`. */
export const databaseBackfill = z.strictObject({
  operationId: z.string(),
  tables: z.array(
    z.strictObject({
      table: z.string(),
      lastId: z.number(),
      seen: z.number(),
      filled: z.number(),
      refused: z.number(),
      values: tally,
      missed: z.array(z.number()),
    }),
  ),
  triggersSilent: z.boolean(),
});

const partition = z.strictObject({
  schema: z.string(),
  name: z.string(),
  from: instant.nullable(),
  to: instant.nullable(),
  rows: z.number().nullable(),
  bytes: z.number(),
  isDefault: z.boolean(),
  isMonth: z.boolean(),
  isAttached: z.boolean(),
  isDue: z.boolean(),
});

const tableRetention = z.strictObject({
  table: z.string(),
  schema: z.string(),
  timeColumn: z.string(),
  keepMonths: z.number().nullable(),
  limit: instant.nullable(),
  partitions: z.array(partition),
  overdueRows: z.number(),
  missing: z.array(z.string()),
});

/** `db retention show`. */
export const retentionPlan = z.strictObject({
  tables: z.array(tableRetention),
  /** What is deleted by workers and servers after so many days, beside the tables that drop months. */
  rows: z.array(z.strictObject({ rows: z.string(), days: z.number() })),
});

/** `db retention run --dry-run`. */
export const retentionDryRun = retentionPlan.omit({ rows: true }).extend({ dryRun: z.literal(true) });

/** `db retention run`. */
export const retentionOutcome = z.strictObject({
  made: z.array(z.string()),
  dropped: z.array(partition),
  deleted: z.array(z.strictObject({ table: z.string(), rows: z.number() })),
  notDone: z.array(
    z.strictObject({
      step: z.enum(['make', 'detach', 'drop']),
      name: z.string(),
      reason: z.string(),
      holders: z.array(
        z.strictObject({
          pid: z.number(),
          application: z.string(),
          state: z.string(),
          seconds: z.number(),
        }),
      ),
    }),
  ),
});

/** `db retention set`; of a table without partitions only what it keeps. */
export const retentionSet = z.union([
  tableRetention,
  z.strictObject({ table: z.string(), keepMonths: z.number().nullable() }),
]);

/** `db status`. */
export const databaseStatus = z.strictObject({
  serverVersion: z.string(),
  database: z.string(),
  bytes: z.number(),
  encoding: z.string(),
  timeZone: z.string(),
  statisticsSince: instant.nullable(),
  connections: z.strictObject({ used: z.number(), max: z.number(), here: z.number() }),
  migrations: z.array(z.strictObject({ name: z.string(), appliedAt: instant })),
  tables: z.array(
    z.strictObject({
      schema: z.string(),
      name: z.string(),
      partitions: z.number(),
      rows: z.number().nullable(),
      heapBytes: z.number(),
      indexBytes: z.number(),
      toastBytes: z.number(),
      deadRows: z.number(),
      deadShare: z.number().nullable(),
      bloatBytes: z.number(),
      lastVacuum: instant.nullable(),
      lastAnalyze: instant.nullable(),
    }),
  ),
  indexes: z.array(
    z.strictObject({
      schema: z.string(),
      table: z.string(),
      name: z.string(),
      bytes: z.number(),
      scans: z.number(),
      isUnique: z.boolean(),
      isNeverUsed: z.boolean(),
      isInvalid: z.boolean(),
    }),
  ),
  retention: z.array(tableRetention),
  advice: z.array(z.string()),
});
