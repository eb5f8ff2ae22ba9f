/**
 * What leaves the house: the shapes of what `--json` prints, one file a noun. A command prints a value of its shape
 * (`printJson('connectionList', value)`), which the compiler holds; the tests parse what commands really print. In production
 * nothing is validated on the way out.
 */
export * from './acceptances.ts';
export * from './approvals.ts';
export * from './assets.ts';
export * from './conflicts.ts';
export * from './connections.ts';
export * from './database.ts';
export * from './links.ts';
export * from './lists/index.ts';
export * from './mappings.ts';
export * from './matches.ts';
export * from './operations.ts';
export * from './outbox.ts';
export * from './plans.ts';
export * from './policies.ts';
export * from './scan-files.ts';
export * from './scans.ts';
export * from './schedules.ts';
export type { Printable } from './shapes.ts';
export * from './sync.ts';
