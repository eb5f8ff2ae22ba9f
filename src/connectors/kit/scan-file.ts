/** What a reader of scan files gives: files that people carry, read as streams. The second kind of source beside `Connector`. */
import type { JsonObject } from '../../platform/values/index.ts';
import type { FieldMapping } from '../../canonical/mapping/index.ts';
import type { ScanScope } from '../../canonical/record-fields/index.ts';

/** What a scan file says, in its order. Raw records are in the spelling of the reader's mappings. */
export type ScanFileEvent =
  /** Before the hosts of a report. */
  | { readonly type: 'scan'; readonly name: string; readonly scope: ScanScope }
  | {
      readonly type: 'host';
      /** What the host is called, in this file and in others. */
      readonly key: string;
      readonly raw: JsonObject;
      /** Whether the scanner could sign in; undefined where the file does not say. */
      readonly credentialed: boolean | undefined;
      /** When the scan of the host ended (ISO 8601, UTC). */
      readonly endedAt: string | undefined;
    }
  | { readonly type: 'item'; readonly kind: 'finding' | 'compliance'; readonly raw: JsonObject }
  /** An open port that the scanner lists as an item: no finding. */
  | { readonly type: 'open-port' }
  /** What is in the file and cannot be taken, for a person to see. */
  | {
      readonly type: 'held';
      /** Whether a whole host with its items, or only times. */
      readonly what: 'host' | 'time';
      readonly identifier: string;
      readonly reason: string;
      readonly raw: JsonObject;
    }
  | { readonly type: 'host-end'; readonly items: number };

export interface ScanFile {
  /** The file's name, and the entry's within an archive. */
  readonly name: string;
  /** SHA-256 of the content, in hexadecimal; reads the whole file, until the signal. @throws TielineError SCAN_FILE_INVALID where it cannot be unpacked. */
  fingerprint(signal?: AbortSignal): Promise<string>;
  /** @throws TielineError SCAN_FILE_INVALID with line and byte; what came before was reported. */
  events(): AsyncIterable<ScanFileEvent>;
}

/** Files of another kind within an archive, as a reader beside knows them. */
export interface FilesWithin {
  /** How many bytes one may have: it is held whole. */
  readonly largest: number;
  /** How many of its first bytes tell what it is. */
  readonly headBytes: number;
  /** Whether it reads a file that begins so. */
  takes(start: Uint8Array): boolean;
  /** @param at when it was written. @throws TielineError SCAN_FILE_INVALID. */
  read(name: string, bytes: Buffer, at: Date): readonly ScanFile[];
}

export interface ScanFileReader {
  readonly systemType: string;
  /** What its reports are called in records that others read. */
  readonly title: string;
  /** The name under which the plugins in them are known (`NAME plugin 12345`). */
  readonly pluginsOf: string;
  readonly mappings: readonly FieldMapping[];
  /** Endings of names by which files are found in a folder, lower case. */
  readonly endings: readonly string[];
  /**
   * The scan files in a file, one at a time. @param timeZone IANA name: of times that name none, or one of several meanings.
   * @param within knows files of an archive that are no scan files.
   * @throws TielineError SCAN_FILE_INVALID where it cannot be opened.
   */
  open(path: string, timeZone?: string, within?: FilesWithin): AsyncIterable<ScanFile>;
  /** Whether there is such a time zone. */
  isTimeZone(name: string): boolean;
}
