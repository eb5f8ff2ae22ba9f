/** A record as conditions read it: JSON of the database made into the values of the expression language, by its shape. */
import type { RecordKind } from '../../../canonical/workflow/index.ts';
import type { Json, JsonObject } from '../../../platform/values/index.ts';
import { wordLists } from './environment.ts';
import { type FieldType, shapeOf, type ShapeName, variablesOf } from './shapes.ts';

/** What a condition reads of one record at one moment. */
export interface Snapshot {
  readonly kind: RecordKind;
  readonly id: string;
  /** As it is shown to people. */
  readonly title: string;
  /** `ingestion_systems.system_id`; null: in no boundary. */
  readonly boundary: string | null;
  /** As it was read: for traces, and to be compared with how it is later. */
  readonly plain: JsonObject;
  /** The same as values of the language. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Fields that hold more than a condition may read: they cannot be asked about. */
  readonly tooMany: ReadonlySet<string>;
}

/** Longer than this is no text that a condition asks about. */
const longestText = 10_000;

interface Hydrating {
  readonly tooMany: Set<string>;
  readonly path: string;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function listOf(value: Json, most: number, at: Hydrating, one: (each: Json) => unknown): unknown {
  if (!Array.isArray(value)) return undefined;
  if (value.length <= most) return value.map(one).filter((each) => each !== undefined);
  at.tooMany.add(at.path);
  return undefined;
}

function valueOf(type: FieldType, value: Json | undefined, at: Hydrating): unknown {
  if (value === undefined || value === null) return undefined;
  switch (type.is) {
    case 'text':
      return typeof value === 'string' && value !== '' ? value.slice(0, longestText) : undefined;
    case 'whole':
      return typeof value === 'number' ? BigInt(Math.trunc(value)) : undefined;
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'time': {
      const time = typeof value === 'string' ? new Date(value) : undefined;
      return time && !Number.isNaN(time.getTime()) ? time : undefined;
    }
    case 'yes':
      return typeof value === 'boolean' ? value : undefined;
    case 'word':
      return typeof value === 'string' && value !== '' ? wordLists.get(type.name)?.make(value) : undefined;
    case 'texts':
      return listOf(value, type.most, at, (each) => (typeof each === 'string' ? each : undefined));
    case 'record':
      return isObject(value) ? recordOf(type.shape, value, at) : undefined;
    case 'records':
      return listOf(value, type.most, at, (each) =>
        isObject(each) ? recordOf(type.shape, each, at) : undefined,
      );
  }
}

/** What is empty is left out, so that reading it is an error of the language and no value. */
function recordOf(shape: ShapeName, row: JsonObject, at: Hydrating): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(shapeOf(shape))) {
    const value = valueOf(type, row[name], { ...at, path: `${at.path}.${name}` });
    if (value !== undefined) values[name] = value;
  }
  return values;
}

export interface SnapshotRow {
  readonly id: string;
  readonly title: string;
  readonly boundary: string | null;
  /** By the name of each variable; null: there is no such record (an asset in no system). */
  readonly plain: JsonObject;
}

/** @param row what a statement read, its fields named as the shapes name them. */
export function snapshotFrom(kind: RecordKind, row: SnapshotRow): Snapshot {
  const tooMany = new Set<string>();
  const variables: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(variablesOf[kind])) {
    const plain = row.plain[name];
    variables[name] = recordOf(shape, isObject(plain) ? plain : {}, { tooMany, path: name });
  }
  return { kind, ...row, variables, tooMany };
}
