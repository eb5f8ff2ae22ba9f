/** What a connector's author gives the conformance suite: the things about the simulator that the suite cannot know. */
import type {
  Change,
  Connector,
  ConnectorDeclaration,
  EntityType,
  ExternalRecord,
  FindKey,
} from '../contract.ts';

/**
 * What the simulator is to do wrong.
 *
 * rate-limit: answers some requests with 429 and a short Retry-After, fewer in a row than the client tries.
 * server-error: answers some requests with 503 or 502 likewise.
 * body-cut: cuts the connection in the middle of the next page or chunk, once.
 * commit-then-cut: carries out the next write, then cuts the connection without an answer, once.
 * duplicate-delivery: delivers a page, a chunk or records of it twice.
 * schema-drift: a field missing, a new one, a wrong type; never in the id.
 */
export type ConformanceFault =
  | 'rate-limit'
  | 'server-error'
  | 'body-cut'
  | 'commit-then-cut'
  | 'duplicate-delivery'
  | 'schema-drift';

export interface ConformanceHarness {
  /** A new connector with a new HTTP client, as a new process would make; it remembers nothing of earlier ones. */
  connect(): Connector;
  /** Puts the remote back to how it was at the start: data, faults, exports. Called before each test. */
  reset(): Promise<void>;
  setFault(fault: ConformanceFault, entity: EntityType): Promise<void>;
  clearFaults(): Promise<void>;
  /** The ids that a full read must yield, each once. */
  remoteIds(entity: EntityType): Promise<readonly string[]>;
  /** Deletes a record at the remote, behind the connector's back, and returns its id. Absent: it cannot be done. */
  readonly remove?: (entity: EntityType) => Promise<string>;
  /** Whether a record that a read still yields says about itself that it is deleted. Default: no. */
  saysDeleted?(entity: EntityType, record: ExternalRecord): boolean;
  /** Changes a record at the remote, behind the connector's back, so that its version moves on. */
  readonly touch?: (entity: EntityType, externalId: string) => Promise<void>;
  /** A create that the remote accepts. Each call gives another one. */
  sampleCreate?(entity: EntityType): Promise<Change>;
  /** A record to update of an entity that is not read by itself. */
  sampleRecord?(entity: EntityType): Promise<ExternalRecord | undefined>;
  /** An update of the record that the remote accepts, carrying the record's version. */
  sampleUpdate?(entity: EntityType, record: ExternalRecord): Change;
  /** How to look up what the change made. */
  findKey(entity: EntityType, change: Change): FindKey;
  /** How many records (assignments, …) at the remote carry the effect of the change: 0 before, 1 after, 2 if doubled. */
  effects(entity: EntityType, change: Change): Promise<number>;
  stop(): Promise<void>;
}

export interface ConformanceSubject {
  readonly name: string;
  readonly declaration: ConnectorDeclaration<never> | Pick<ConnectorDeclaration, 'entities' | 'runsScans'>;
  /** Starts the simulator, with pages small enough that a full read of each entity takes at least three events. */
  start(): Promise<ConformanceHarness>;
}
