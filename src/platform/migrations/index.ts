export { fetchMigrationState, ledgerNames, listUnfinishedIndexes } from './brought.ts';
export { type Catalog, fetchCatalog, resolveTable } from './catalog.ts';
export { computeChecksums, listChecksumTargets, type TableChecksum } from './checksums.ts';
export type { Problem } from './compare-table.ts';
export type { ConnectionSource } from './connection-source.ts';
export { readMigrationFiles } from './files.ts';
export { grantStatements } from './grants.ts';
export { queryAsReader } from './reading-role.ts';
export {
  fetchReadiness,
  ledgerStatements,
  migrate,
  type MigrateOptions,
  type MigrateResult,
  preparePlan,
} from './migrate.ts';
export { besideName, besideTables, olderNames } from './owner-tables.ts';
export { baseTables, type MigrationPlan, type TableReport } from './plan-draft.ts';
export { isSchemaCurrent } from './readiness.ts';
export { planRemoval, type RemovalPlan, remove } from './remove.ts';
export { broughtNames } from './verify-rows.ts';
