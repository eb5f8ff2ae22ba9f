import { existsSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const largestBytes = 10 * 1024 * 1024;

/** The log of PostgreSQL and its supervisor. */
export function logFile(dataDir: string): string {
  return join(dataDir, 'postgres.log');
}

/** Opens the log for appending, with mode 0600; one that grew beyond 10 MB is kept as postgres.log.1. */
export function openLog(dataDir: string): number {
  const file = logFile(dataDir);
  if (existsSync(file) && statSync(file).size > largestBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
