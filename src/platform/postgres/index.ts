export { CarefulClient } from './careful-client.ts';
export { type CopyInto, copyInto, type CopyValue, storableJson, storableText } from './copy-rows.ts';
export { databaseErrorOf, isDatabaseFault, isToBeDoneAgain, outlastedPatience } from './database-faults.ts';
export { type DatabaseOptions, openDatabase } from './database.ts';
export { asKey, isKeyAmong, type KeyKind } from './keys.ts';
export { type SessionLock, takeLock } from './lock-session.ts';
export { ensurePartitions } from './partitions.ts';
export type { Database } from './schema.ts';
export {
  type EnclosingTransaction,
  guardedBy,
  inOneTransaction,
  inTransaction,
  inTransactionOnce,
  isEnclosed,
  type Tx,
  underSavepoint,
} from './transaction.ts';
