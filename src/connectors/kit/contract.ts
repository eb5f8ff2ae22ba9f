/**
 * What a connector is (decision 0018); the conformance suite in `./conformance/` holds every connector to it.
 *
 * A connector declares, as values: its type, its settings, its entities, its limits, its default field mappings.
 * It implements check, read, find and write. It never retries by itself (the HTTP client does, where that is safe),
 * never logs a secret, never holds a whole export in memory, and knows nothing of Tieline's tables.
 */
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { EntityType } from '../../canonical/vocabulary/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { FieldMapping } from '../../canonical/mapping/index.ts';
import type { HttpClient } from '../../platform/http/index.ts';

export type { EntityType };

export interface EntityCapabilities {
  readonly readAll: boolean;
  /** Whether `read` honours a mark and yields only what changed since. */
  readonly readChanges: boolean;
  readonly create: boolean;
  readonly update: boolean;
  readonly find: boolean;
}

/** What a setting's schema may say of it, by `.meta()`, beside its description. */
export interface SettingMeta {
  readonly description: string;
  /** Its value is the path of a file that this machine reads. Over HTTP it cannot be set, but to its default. */
  readonly namesFile?: true;
}

export interface ConnectorDeclaration<Settings = unknown> {
  readonly systemType: string;
  /** What the product is called in records that others read. */
  readonly title: string;
  /** The name under which its plugins are known (`NAME plugin 12345`), where it reports findings. */
  readonly pluginsOf?: string;
  /** The category of the tags that say which system an asset belongs to, where its assets carry tags. */
  readonly boundaryTag?: string;
  /** Settings as kept in external_systems.connection_config; fields named in `secrets` arrive as `Secret`. */
  readonly settings: z.ZodType<Settings>;
  /** The settings that are secret: prompted for or read from the environment, stored encrypted. */
  readonly secrets: readonly {
    readonly name: string;
    readonly prompt: string;
    readonly env: string;
    readonly optional?: boolean;
  }[];
  /**
   * Names of the settings and secrets that must be there with these settings, where that depends on others of them (a kind of
   * sign-in). Absent: the secrets that are not optional. Takes the values as stored, before defaults.
   */
  readonly requires?: (settings: JsonObject) => readonly string[];
  readonly entities: Partial<Record<EntityType, EntityCapabilities>>;
  /**
   * What of an entity's declared writes the server takes with these settings, where that depends on them (a profile). Absent: all of
   * them. Takes the values as stored, before defaults.
   */
  readonly takes?: (
    settings: JsonObject,
    entity: EntityType,
  ) => Pick<EntityCapabilities, 'create' | 'update'>;
  /** Defaults; an installation may lower them in its settings. */
  readonly limits: { readonly requestsPerSecond: number; readonly concurrency: number };
  readonly mappings: readonly FieldMapping[];
  /** Whether the ids of its assets are what Tieline knows assets by: two of them are never one asset (Tenable VM). */
  readonly ownsIdentity?: boolean;
  /** Whether its server runs verification scans: what `connect` gives has `scans`. */
  readonly runsScans?: true;
  /** Whether another system answers for a control (as the server has it), so that the server takes no POA&M under it here. */
  readonly inheritsControl?: (control: JsonObject) => boolean;
  /** Whether the server has approved a POA&M (as it has it): then its date moves only by an extension, which a later milestone asks for. */
  readonly hasApproved?: (poam: JsonObject) => boolean;
  /** Where the server takes acceptances: how a rule for one asset is spelled, given what the server calls the asset. */
  readonly acceptanceScope?: (assetExternalId: string) => {
    readonly scope: string;
    readonly repository?: string;
  };
}

/** A record as the remote spells it. */
export interface ExternalRecord {
  readonly externalId: string;
  /** What it is, where a list holds more than one kind: audit results are among a scanner's findings. */
  readonly entity?: 'compliance';
  /** The id of the record it belongs to: a POA&M's or component's system, a milestone's POA&M. */
  readonly parentId?: string;
  /** ETag, version number or modified time; what an update must present. */
  readonly version?: string;
  /** When somebody last changed the record, and who, where the remote says so. An instant in ISO 8601. */
  readonly changed?: { readonly at?: string; readonly by?: string };
  /** The record as it came, parsed JSON. */
  readonly raw: JsonObject;
  /** Records that came inside this one (a POA&M's milestones), where the remote answers so. */
  readonly children?: readonly { readonly entity: EntityType; readonly records: readonly ExternalRecord[] }[];
}

/**
 * What a read yields, in order. Each event carries the position from which a later `read` continues after a crash:
 * the reader stores the position in the same transaction as the records, so that nothing is read twice or skipped.
 * A position is opaque JSON, small, and stays valid across processes.
 */
export type ReadEvent =
  /** Nothing to store but the position: an export was started, a page token was obtained. */
  | { readonly type: 'position'; readonly position: Json; readonly progress?: ReadProgress }
  /** Records to store, as a stream; it must be read to its end before the next event is asked for. */
  | {
      readonly type: 'page';
      readonly records: AsyncIterable<ExternalRecord>;
      readonly position: Json;
      readonly progress?: ReadProgress;
    }
  /** The read is complete. `mark` is what the next incremental read starts from; it is older than anything unread. */
  | { readonly type: 'end'; readonly mark: string };

export interface ReadProgress {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'chunks' | 'pages' | 'systems';
}

export interface ReadOptions {
  /** From an earlier `end`: read what changed since. Absent: read all. */
  readonly mark?: string;
  /** From an earlier event of an unfinished read of the same entity and mark: continue there. */
  readonly position?: Json;
  readonly signal: AbortSignal;
}

/** How to look a record up: by the remote's id, or by the idempotency key that a create carried. */
export type FindKey =
  | { readonly by: 'id'; readonly externalId: string; readonly parentId?: string }
  | {
      readonly by: 'idempotency-key';
      readonly idempotencyKey: string;
      readonly parentId?: string;
      /** What the create wrote, in the remote's spelling: where the remote keeps no key of ours, the record is known by it. */
      readonly fields?: JsonObject;
    };

export interface Change {
  readonly kind: 'create' | 'update';
  /** The record to change; absent in a create. */
  readonly externalId?: string;
  readonly parentId?: string;
  /** The version that the change was decided on; an update of a newer one is a conflict. */
  readonly version?: string;
  /** Derived from the record and the target values; the same change always carries the same key. */
  readonly idempotencyKey: string;
  /** The fields to send, in the remote's own spelling (after the reverse mapping). */
  readonly fields: JsonObject;
  /** The values that these fields are believed to have, in the same spelling: where a record has no version, other values are not overwritten. */
  readonly before?: JsonObject;
  /** Records to be created with this one (a POA&M's milestones), in the remote's own spelling; only in a create. */
  readonly children?: readonly { readonly entity: EntityType; readonly records: readonly JsonObject[] }[];
  /** The file that the record stands for (an artifact), opened when it is sent; only in a create. */
  readonly file?: SentFile;
}

export interface SentFile {
  readonly sha256: string;
  /** What people call it. */
  readonly name: string;
  readonly bytes: number;
  /** The whole of it, after it was compared with its hash. */
  readonly open: () => Promise<Readable>;
}

export type WriteResult =
  /** The remote has it; `record` is its own reading of it, which may be trimmed, re-cased or rounded. */
  | { readonly outcome: 'confirmed'; readonly record: ExternalRecord }
  /** The remote refused the values. Sending the same again would be refused again. */
  | {
      readonly outcome: 'rejected';
      readonly message: string;
      readonly fields: readonly { readonly field: string; readonly message: string }[];
    }
  /** The record has moved on since `version`. */
  | { readonly outcome: 'conflict'; readonly message: string; readonly current?: ExternalRecord }
  /** The record is not there any more. */
  | { readonly outcome: 'missing'; readonly message: string }
  /** It may or may not have happened: look it up before sending again. */
  | { readonly outcome: 'unknown'; readonly message: string };

/** A look again at just those plugins on just those machines, as a scanner's server is asked for it. */
export interface ScanRequest {
  /** What people see it by at the server; the connector adds the key to it. */
  readonly name: string;
  readonly description: string;
  /** Addresses or names. */
  readonly targets: readonly string[];
  readonly pluginIds: readonly string[];
  /** The same request always carries the same key. */
  readonly idempotencyKey: string;
}

/** How far the server's one run of a scan is. `new`: it was not launched. */
export type ScanPhase = 'new' | 'pending' | 'running' | 'completed' | 'aborted' | 'stopped';

export interface ScanStatus {
  readonly phase: ScanPhase;
  /** The server's own word. */
  readonly said: string;
  /** By the server's clock, where it says so. */
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

export type ScanWriteResult =
  /** The server has it, or has begun with it. */
  | { readonly outcome: 'confirmed'; readonly externalId: string }
  /** The server refused. Sending the same again would be refused again until somebody does what `remedy` says. */
  | {
      readonly outcome: 'rejected';
      readonly message: string;
      readonly remedy: string;
      readonly fields: readonly { readonly field: string; readonly message: string }[];
    }
  /** The scan is not there any more. */
  | { readonly outcome: 'missing'; readonly message: string }
  /** It may or may not have happened: look it up before sending again. */
  | { readonly outcome: 'unknown'; readonly message: string };

/**
 * Verification scans, of a connector whose server can run them. Creating and launching are two requests, so that a crash
 * between them is resumed. What could pass (429, no connection) is thrown, as everywhere; both writes are sent once.
 */
export interface VerificationScans {
  create(request: ScanRequest, signal: AbortSignal): Promise<ScanWriteResult>;
  /** Launches a scan that exists; one that runs already is `confirmed`. */
  launch(externalId: string, signal: AbortSignal): Promise<ScanWriteResult>;
  /** The scan that carries the key, whoever launched it since. */
  find(idempotencyKey: string, signal: AbortSignal): Promise<{ readonly externalId: string } | undefined>;
  /** undefined: the server does not have the scan any more. */
  status(externalId: string, signal: AbortSignal): Promise<ScanStatus | undefined>;
}

/** One line of `tieline connections check`. */
export interface CheckResult {
  readonly check: string;
  readonly kind: 'connectivity' | 'authentication' | 'permission' | 'clock';
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do; present unless ok. */
  readonly remedy?: string;
}

/** A record that others lie inside of: a POA&M with its files. `parentId`: what it lies inside of itself. */
export interface Holder {
  readonly externalId: string;
  readonly parentId?: string;
}

export interface Connector {
  check(signal: AbortSignal): AsyncIterable<CheckResult>;
  read(entity: EntityType, options: ReadOptions): AsyncIterable<ReadEvent>;
  find(entity: EntityType, key: FindKey, signal: AbortSignal): Promise<ExternalRecord | undefined>;
  write(entity: EntityType, change: Change, signal: AbortSignal): Promise<WriteResult>;
  /**
   * The records of an entity that lie inside of these records, and maybe of others beside them; for what has no reading of its own. Undefined
   * where the server cannot list them. One that is missing may have moved between two pages: `find` says whether it is gone.
   */
  readonly listInside?: (
    entity: EntityType,
    holders: readonly Holder[],
    signal: AbortSignal,
  ) => AsyncIterable<ExternalRecord> | undefined;
  /** Absent where the server runs no scans for us. */
  readonly scans?: VerificationScans;
}

export interface ConnectorContext<Settings> {
  readonly settings: Settings;
  readonly http: HttpClient;
  /** The installed field mappings: what none of them names need not be asked of the remote. Absent: the declared ones. */
  readonly mappings?: readonly FieldMapping[];
  /** The present instant; an input so that tests can move it. */
  readonly now: () => Date;
  /** Waits, and ends early with the signal's reason. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface ConnectorModule<Settings = unknown> {
  readonly declaration: ConnectorDeclaration<Settings>;
  connect(context: ConnectorContext<Settings>): Connector;
}
