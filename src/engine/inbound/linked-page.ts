/** What a page of linked records is while it is gathered, decided and applied. */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import type { EntityPolicy, RecordFacts } from '../../canonical/policy/index.ts';
import type { HeldRecord } from '../../ledger/operations/index.ts';
import type { LinkRow } from '../../ledger/links/index.ts';
import type { LinkedEntityName, StoredRecord, Twin } from '../../record/entities/index.ts';
import type { InboundDecision } from '../merge/index.ts';
import type { Move, Places } from './linked-moves.ts';

export interface LinkedSource {
  readonly systemId: number;
  readonly systemType: string;
  readonly operationId: string;
  readonly policies: readonly EntityPolicy[];
  /**
   * Whether this is the remote's reading of what we wrote: of the fields that we wrote, taken as it is, whatever the policy;
   * `all` for a record that we made. No row in it was there before us.
   */
  readonly echo: ReadonlySet<string> | 'all' | undefined;
  /** Whether rows that are there keep the record of the system that they came from: a file is no other server's. */
  readonly leavesRaw?: true;
  /** When the remote was asked for these records, by the clock of the database. */
  readonly askedAt?: Date;
}

/** A record as it came, and as mapped. */
export interface Incoming {
  readonly external: ExternalRecord;
  readonly record: JsonObject;
  /** Digest (UUID) of the report and of what it is merged by. */
  readonly digest: string;
}

/** All that is known of a page before anything is decided. */
export interface Known {
  readonly entity: LinkedEntityName;
  readonly source: LinkedSource;
  /** With the remote's id of the parent replaced by ours. */
  readonly records: readonly Incoming[];
  /** Records whose parent is not known here. */
  readonly orphans: readonly HeldRecord[];
  /** By the remote's id. */
  readonly links: ReadonlyMap<string, LinkRow>;
  /** Our linked rows by our id. */
  readonly rows: ReadonlyMap<string, StoredRecord>;
  /** Owners (systems, POA&Ms) that take no part in sync. */
  readonly excludedOwners: ReadonlySet<string>;
  /** Rows that no link names yet and that the records mean, by the remote's id. */
  readonly recognized: ReadonlyMap<string, StoredRecord>;
  /** Our ids of rows that another external system has too. */
  readonly elsewhere: ReadonlySet<string>;
  readonly places: Places;
  /** What records that may become new rows are the same as, by the remote's id. */
  readonly twins: ReadonlyMap<string, Twin>;
  /** What policies ask of our rows, by our id. */
  readonly factsOf: (entityId: string) => RecordFacts;
}

/** What becomes of one record. */
export interface Decided {
  readonly each: Incoming;
  /** Our row of it, as it was before this page; undefined if it is to be made. */
  readonly stored: StoredRecord | undefined;
  readonly decision: InboundDecision;
  readonly isNewLink: boolean;
  /** When both sides last agreed on the record. */
  readonly agreedAt: Date | undefined;
  readonly move: Move | undefined;
  /** Whether the remote's record differs from the one that our row keeps. */
  readonly isRawMoved: boolean;
  /** Whether another external system has the row too. */
  readonly isElsewhere: boolean;
}

/** A record whose row exists here, or was created. */
export interface Settled extends Decided {
  readonly entityId: string;
}

export interface PageDecision {
  readonly entity: LinkedEntityName;
  readonly source: LinkedSource;
  /** In the order of the page. */
  readonly decided: readonly Decided[];
  readonly twins: ReadonlyMap<string, Twin>;
  readonly held: readonly HeldRecord[];
  /** Records for which nothing is to be done: excluded, or shown as they were before we wrote. */
  readonly passed: number;
}
