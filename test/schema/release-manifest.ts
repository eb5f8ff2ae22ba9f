import { createHash } from 'node:crypto';
import type { RecordedWrite, RemoteName } from './recorded-remotes.ts';

/** What the test must know of the dump besides its rows. */
export interface ReleaseManifest {
  /** The commit of the release. */
  readonly madeFrom: string;
  /** The instant of the dump. */
  readonly at: string;
  /** The PostgreSQL that it was made with. */
  readonly server: string;
  /** The arguments of the simulators. */
  readonly args: Readonly<Record<RemoteName, readonly string[]>>;
  /** An operation that took a value in, with the value that it replaced. */
  readonly undo: {
    readonly operationId: string;
    readonly poam: string;
    readonly before: string | null;
    readonly after: string;
  };
  /** The POA&Ms about which a conflict and an approval wait. */
  readonly undecided: { readonly conflict: string; readonly approval: string };
  /** How much its own command line listed, by command of `countedLists`. */
  readonly listed: Readonly<Record<string, number>>;
  /** What changed something at the remotes, in order. */
  readonly writes: readonly RecordedWrite[];
}

/** The key under which the dump's connections keep their secrets. It guards the simulators' own defaults, so it is no secret. */
export const masterKeyOfDump = createHash('sha256').update('the release before').digest('base64');

/** What must be listed after an upgrade as before it. */
export const countedLists = {
  conflicts: ['conflicts', 'list', '--all', '--limit', '1000'],
  open: ['conflicts', 'list'],
  approvals: ['approvals', 'list'],
  matches: ['matches', 'list', '--all', '--limit', '1000'],
  links: ['links', 'list', '--limit', '1000'],
  outbox: ['outbox', 'list', '--all', '--limit', '1000'],
  operations: ['ops', 'list', '--limit', '1000'],
} as const;
