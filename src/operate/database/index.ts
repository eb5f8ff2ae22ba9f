export {
  checkDatabase,
  checksumDatabase,
  type DatabaseAccess,
  type DatabaseCheck,
  type DatabaseMigration,
  listGrants,
  migrateDatabase,
  removeFromDatabase,
  showMigration,
} from './adoption.ts';
export type { NotDone } from './apply-retention.sql.ts';
export type { TableStatus } from './database-status.sql.ts';
export type { Partition, TableRetention } from './retention.sql.ts';
export { changeRetention, fetchRetention, type RetentionRun, runRetention } from './retention.ts';
export { type DatabaseReport, fetchDatabaseReport } from './status.ts';
