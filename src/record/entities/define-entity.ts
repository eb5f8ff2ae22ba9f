/**
 * What an entity of the record is: one definition each, in a file of its own beside this one. The engine asks the definition and
 * branches on no entity's name; what is added here, with a migration and mappings, is synced both ways.
 *
 * Rejected: a class an entity with methods to override (a definition that says nothing of a property must not compile), and
 * definitions as parameters of every function of the engine (names are what links, outbox and journal hold).
 */
import type { Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database, KeyKind, Tx } from '../../platform/postgres/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { registerRecord } from '../../canonical/record-fields/index.ts';
import {
  type Comparison,
  type EntityName,
  type EntityType,
  registerComparisons,
} from '../../canonical/vocabulary/index.ts';
import type { RecordSchema } from './sink.ts';

/** What every entity declares. */
interface AnyEntity {
  readonly name: EntityType;
  /** For people: `POA&M`, `POA&Ms`. */
  readonly title: { readonly one: string; readonly many: string };
  /** Its turn among the reads of a system: what others name comes first. Null: it is not read as an entity of its own. */
  readonly readTurn: number | null;
  /** What becomes of a record that a full read no longer shows: nothing, it is marked missing, or a person is asked as well. */
  readonly absence: 'none' | 'mark' | 'ask';
  /**
   * The name of a change, taken from its fields, where its record may have no row yet. Default: as the row is shown.
   * @param pluginTitle of a scanner's plugin by its number, where it is known.
   */
  readonly titleOfChange?: (
    values: JsonObject,
    pluginTitle: (plugin: string) => string | undefined,
  ) => string;
}

/** A fact: loaded in bulk as it is reported, without link or base of its own fields. */
export interface FactEntity extends AnyEntity {
  readonly kind: 'fact';
  /** Whether the next page is staged while one is merged; else each page finds what the one before has left. */
  readonly readsAhead: boolean;
  /** What is counted again once all of it was read from a system. */
  readonly whenReadWhole?: (tx: Tx, read: WholeRead) => Promise<void>;
}

/** A full read that came to its end. */
export interface WholeRead {
  readonly systemId: number;
  readonly operationId: string;
  /** Whether something that it showed could not be imported. */
  readonly incomplete: boolean;
  /** How much may be missing at once before it is rather a fault of the remote, or of our rights there. */
  readonly absence: { readonly sharePercent: number; readonly atLeast: number; readonly accept: boolean };
}

/** Only goes out: what was sent is kept in the outbox and the journal, not in a row that is merged. */
export interface SentEntity extends AnyEntity {
  readonly kind: 'sent';
  /** The entity whose history its changes are part of, and how a change that was sent is written there. */
  readonly journal: (payload: JsonObject) => readonly SentChange[];
  /** Keeps what the remote confirmed. @returns how many records changed, and how they count. */
  readonly confirmed: (
    tx: Tx,
    payload: JsonObject,
    /** The remote's reading of it. */
    remote: Json,
  ) => Promise<{ readonly changed: number; readonly as: 'created' | 'updated' }>;
}

export interface SentChange {
  readonly entity: EntityType;
  readonly entityId: string;
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** The table of the rows of a linked entity. */
export interface RowPlace {
  readonly table: string;
  /** The column that sync_links.entity_id names. */
  readonly key: string;
  /** What that column holds: keys are compared in its type, so that its index serves. */
  readonly keyKind: KeyKind;
  /** Fields whose column carries another name: field → column. */
  readonly columns: Readonly<Record<string, string>>;
  /** Columns that say when the row was written last. */
  readonly stamps: readonly string[];
  /** What a row shows once a change of it was confirmed. */
  readonly whenConfirmed: JsonObject;
  /** SQL that is true of row `t` if Tieline made it. */
  readonly madeHere: string;
  /**
   * SQL that is true where row `t` is the one that record `r` (jsonb) means, though no link says so: by what means the same to
   * everybody, such as our own ids, the number of a control in a system, the key that we gave a POA&M.
   */
  readonly ownKey: string;
  /**
   * Likewise, by what the remote calls it. Such an id or name means something with its external system only: a row that is linked to
   * another one, or is inside such a row, is a stranger.
   */
  readonly remoteKey?: string;
  /** The key by which two records of one remote are the same thing twice. Default: the own key. */
  readonly twinKey?: 'remoteKey';
  /** The parent of a row, and the column that names it. */
  readonly inside?: { readonly entity: EntityType; readonly column: string };
  /** SQL of what makes one such row a better match than another: false sorts before true. */
  readonly prefer?: string;
  /** SQL of an object (jsonb) with what else a row `t` shows, where that is kept in other tables. */
  readonly also?: string;
  /** SQL that is true of the rows `t` that take part in sync, where not all do. */
  readonly only?: string;
  /** Rows in other tables that are renewed with row `t`: whether our side moved is seen by them too. */
  readonly beside?: readonly RowsBeside[];
  /** What a row is called when people read of it; without it, by its ids. */
  readonly shownAs?: ShownAs;
}

/** SQL of a row `t`. */
export interface ShownAs {
  readonly title: string;
  /** Our id of the system that it belongs to. */
  readonly system: string;
  /** The severity of the weakness that it is about, where it is about one. */
  readonly severity?: string;
  /** Where else than in the entity's own table the row is looked up, by the same key. */
  readonly table?: string;
}

/** SQL of rows `i` of a table, which of them are of row `t`, and what they say. */
export interface RowsBeside {
  readonly table: string;
  /** The column that holds the key of the row. */
  readonly column: string;
  readonly what: string;
}

/** A record as it was stored, with what the remote reported about it before. */
export interface RecordOfRow {
  readonly entityId: string;
  readonly record: JsonObject;
  /** The remote's record as it was read before; absent where it is read for the first time. */
  readonly before?: Json | undefined;
}

/** Our ids of records, after what is kept beside their rows was renewed. */
export interface Renewed {
  /** Something changed. */
  readonly changed: ReadonlySet<string>;
  /** Machines that a record names and that are not known here yet: the same report says more when they are. */
  readonly waitsFor: ReadonlyMap<string, readonly string[]>;
}

export interface RecordSource {
  readonly systemId: number;
  /** The type of that system: what a new row records about its origin. */
  readonly systemType: string;
  readonly operationId: string;
}

/** Linked to a record of a remote, and merged with it field by field. */
export interface LinkedEntity extends AnyEntity {
  readonly kind: 'linked';
  readonly record: RecordSchema<JsonObject>;
  readonly row: RowPlace;
  /** Fields that are columns, and are merged field by field. */
  readonly fields: readonly string[];
  /** How the values of its fields are compared, where they are not plain text; what vocabulary/comparison.ts does not say already. */
  readonly comparisons?: Readonly<Record<string, Comparison>>;
  /** Fields that are lists, or texts that only grow: how what both sides added can be joined. */
  readonly growing: Readonly<Record<string, 'union' | 'append'>>;
  /** Fields that our row shows though they are kept elsewhere (`fetchRows`): they go out like edits, and are never written here. */
  readonly derived: readonly string[];
  /** Fields that no remote decides, so that they can be sent and never come in. */
  readonly sentOnly: readonly string[];
  /** Fields that follow from a decision: people decide, and edit none of them. */
  readonly decided?: readonly string[];
  /** Fields that remotes leave out while they are empty: without a base, nothing is what both sides agree on. */
  readonly unsaidWhenEmpty?: readonly string[];
  /** Fields that hold a status in canonical words. */
  readonly statusWords: readonly string[];
  /** Fields that say the severity of what the record is about, the first that is filled counts: an approval can depend on it. */
  readonly severityFields?: readonly string[];
  /** What fields were called in earlier versions: files of mappings and the journal still say so. */
  readonly formerNames: Readonly<Record<string, string>>;
  /** The field in which our row keeps what the remote calls it; nobody edits it, and undo leaves it. */
  readonly remoteId: string | null;
  /** The field that holds our key where it comes from the remote: made another one where a row carries it already. */
  readonly ownId: string | null;
  /** Columns of a new row that two remotes may both want to fill: made free before the row is inserted. */
  readonly withFreeIds?: (
    db: Kysely<Database>,
    rows: readonly JsonObject[],
    source: Pick<RecordSource, 'systemId'>,
  ) => Promise<JsonObject[]>;
  /** Whether its rows are the boundaries that take part in sync or not; there are few, and they are always merged. */
  readonly isBoundary?: true;
  /** The record that this one belongs to: named in `field` by the remote's id, kept in `column` by ours. */
  readonly parent?: { readonly entity: EntityType; readonly field: string; readonly column: string };
  /** Which of the owners (values of the parent's column) take no part in sync. */
  readonly excludedOwners: (db: Kysely<Database>, owners: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Further columns of a new row. */
  readonly begin: (record: JsonObject, source: RecordSource) => JsonObject;
  /** Whether the table keeps the remote's record in raw_json. */
  readonly keepsRaw: boolean;
  /**
   * How a remote may have the thing twice: never detected from one record (`many`), or by the twin key, where a record carries a value in
   * `twinField` if one is named (without it a record can be nobody's twin, and the search is not cheap).
   */
  readonly twins: 'none' | 'byKey';
  readonly twinField?: string;
  /** Whether others wait for a record of it that cannot be read, so that a person is notified of one even where it is not linked. */
  readonly awaited: boolean;
  /**
   * What a record of ours becomes when it ends with the remote's; without such a word it ends by its link alone.
   * `composed`: whether Tieline can compose one to be made at a remote.
   */
  readonly atEnd: { readonly ended: JsonObject; readonly composed: boolean };
  /** What has to be there before edits of it are looked for. */
  readonly beforeEdits?: (
    db: Kysely<Database>,
    source: RecordSource,
    sendable: readonly string[],
  ) => Promise<void>;
  /** Brings the tables beside the rows up to date. */
  /** Brings what the rows show of their links up to date, after links were saved. */
  readonly renewLinked?: (db: Kysely<Database>) => Promise<void>;
  readonly renewDetails?: (tx: Tx, source: RecordSource, records: readonly RecordOfRow[]) => Promise<Renewed>;
  readonly outbound: {
    /** Whether people edit it on our side, so that each run looks for edits. */
    readonly edits: boolean;
    /** Whose changes go out one after the other: those of the record itself, or all of what it belongs to. */
    readonly orderWith: 'self' | 'parent';
    /**
     * Whether fields that a remote keeps in different places (the first word of the external field) go out in changes of their own: it
     * refuses them for reasons of their own (a role, a licence).
     */
    readonly splitsByPlace: boolean;
    /**
     * Whether one that is added here to a record that the remote has is made there too: only what the journal has as added by a person (rows
     * of before Tieline, and those of records that were composed here, are no additions), or every row.
     */
    readonly adds?: 'byPeople' | 'every';
    /** The record stands for a file of the store, which goes out with it: the field that holds its hash. */
    readonly file?: { readonly hash: string; readonly name: string };
    /** The records inside of a new one that go out with it, in a field of its payload. */
    readonly children?: { readonly field: string; readonly entity: EntityType };
    /** The columns that say how severe what the record is about is, the first that does. */
    readonly severityIn?: readonly string[];
    /** What becomes of new rows whose sending a person rejected. */
    readonly whenRejected?: (
      tx: Tx,
      source: { readonly systemId: number | null; readonly operationId: string },
      entityIds: readonly string[],
      decided: { readonly by: string; readonly reason: string | undefined },
    ) => Promise<void>;
  };
}

export type EntityDefinition = FactEntity | SentEntity | LinkedEntity;

const registry = new Map<string, EntityDefinition>();

/** A definition as it is; the compiler holds every property. */
export const defineEntity = <T extends EntityDefinition>(definition: T): T => definition;

/** Puts entities into the registry. @throws INTERNAL if there is one of that name. */
export function registerEntities(definitions: readonly EntityDefinition[]): void {
  for (const definition of definitions) {
    if (registry.has(definition.name))
      throw new TielineError('INTERNAL', `There are two definitions of the entity ${definition.name}.`);
    registry.set(definition.name, definition);
    if (definition.kind !== 'linked') continue;
    registerComparisons(definition.comparisons ?? {});
    registerRecord(definition.name, {
      schema: definition.record,
      sentOnly: definition.sentOnly,
      formerNames: definition.formerNames,
      ...(definition.parent ? { inside: definition.parent.entity } : {}),
    });
  }
}

/** Whether the record has an entity of this name; a name that has one is known to the compiler as such. */
export const isEntity = (name: string): name is EntityType => registry.has(name);

/** A name from outside as that of an entity. @throws INTERNAL if there is none. */
export function entityName(name: string): EntityName {
  return entity(name).name as EntityName;
}

/** The definition of an entity. @throws INTERNAL if there is none of that name. */
export function entity(name: string): EntityDefinition {
  const found = registry.get(name);
  if (!found) throw new TielineError('INTERNAL', `${name} is not an entity of the record.`);
  return found;
}

/** Whether it is an entity that is linked and merged. */
export const isLinked = (name: string): name is EntityType => registry.get(name)?.kind === 'linked';

/** The definition of a linked entity. @throws INTERNAL if it is not linked. */
export function linkedEntity(name: string): LinkedEntity {
  const found = entity(name);
  if (found.kind !== 'linked')
    throw new TielineError('INTERNAL', `${name} is not linked to a remote's records.`);
  return found;
}

/** All entities, in the order in which they were defined. */
export const listEntities = (): readonly EntityDefinition[] => [...registry.values()];

/** The entities that are linked and merged. */
export const listLinkedEntities = (): readonly LinkedEntity[] =>
  listEntities().filter((each) => each.kind === 'linked');

/** The entities that are read, in their turn. */
export const readOrder = (): readonly EntityDefinition[] =>
  listEntities()
    .filter((each) => each.readTurn !== null)
    .toSorted((a, b) => (a.readTurn ?? 0) - (b.readTurn ?? 0));
