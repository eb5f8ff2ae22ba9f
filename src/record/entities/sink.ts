import type { z } from 'zod';
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import type { FieldFault } from '../../platform/errors/index.ts';
import type { Counts, HeldRecord } from '../../ledger/operations/index.ts';

/** Where the records of one page go. All of it happens in one transaction, which the import owns. */
export interface Sink {
  add(record: ExternalRecord): Promise<void>;
  /** Does with what was added all that does not ask what pages before it left; for sinks whose pages are staged ahead. */
  stage?(): Promise<void>;
  /** Stores what was added and says what became of it. */
  finish(): Promise<{ counts: Counts; held: readonly HeldRecord[] }>;
  /** Of facts whose absence from a full read is noticed: the keys of all that was added. */
  seen?(): readonly string[];
  /** Frees the connection after a failure; the transaction is rolled back afterwards. */
  abort(cause: Error): Promise<void>;
}

/** Maps a remote record into a canonical one, or says field by field why not. */
export interface MapInbound<T> {
  (
    raw: ExternalRecord['raw'],
  ):
    | { readonly ok: true; readonly record: T }
    | { readonly ok: false; readonly faults: readonly FieldFault[] };
  /** A digest of the mappings: what was read by others has to be read again. */
  readonly edition: string;
  /** Where in a record they look. */
  readonly paths: readonly (readonly string[])[];
}

/** Compiles the installed mappings of an entity to the fields of a schema, which the record must then satisfy. */
export type MapperOf = <T>(entity: string, schema: RecordSchema<T>) => MapInbound<T>;
export type RecordSchema<T> = z.ZodType<T> & { readonly shape: object };

/** A record that cannot be imported: kept with every fault, so that one look tells what to repair. */
export function heldFor(table: string, record: ExternalRecord, faults: readonly FieldFault[]): HeldRecord {
  return {
    table,
    identifier: record.externalId,
    type: 'mapping',
    message: faults.map((fault) => `${fault.field}: ${fault.message}`).join('; '),
    raw: record.raw,
  };
}
