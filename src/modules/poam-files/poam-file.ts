/** What a file of POA&Ms says, whatever it is: a workbook of any layout, or OSCAL. Made by a reader, imported by `take-file.ts`. */
import type { PoamFormatName } from '../poam-formats/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

export type PoamLayout = PoamFormatName | 'oscal';

/** What keeps a row from being imported: where, which rule, and what to do. */
export interface HeldRow {
  /** The sheet; of OSCAL the array. */
  readonly sheet: string;
  /** `K12`; of OSCAL a JSON pointer. */
  readonly cell: string;
  /** What the file calls the POA&M; empty where it says nothing. */
  readonly record: string;
  readonly rule: string;
  readonly remedy: string;
}

/** A milestone of an item, in the spelling of the mappings. */
export interface FileMilestone {
  /** Within its POA&M. */
  readonly id: string;
  readonly raw: JsonObject;
}

export interface FileItem {
  readonly id: string;
  /** The sheet and the cell of its id. */
  readonly sheet: string;
  readonly cell: string;
  /** In the spelling of the mappings; a field that is absent was not said, null was said to be empty. */
  readonly raw: JsonObject;
  /** Words as they are written, of fields where a layout has fewer words than the record: status and ratings, by the name in `raw`. */
  readonly written: Readonly<Record<string, string>>;
  readonly milestones: readonly FileMilestone[];
  /** What has no field in the record, by the header or property that says it. */
  readonly beside: JsonObject;
  /** Where its values stand, by the name in `raw`. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface PoamFile {
  readonly layout: PoamLayout;
  /** As people call it. */
  readonly title: string;
  /** The system that the file says it is of, where it does. */
  readonly systemName: string | undefined;
  readonly items: readonly FileItem[];
  readonly held: readonly HeldRow[];
  /** What a person should know that keeps nothing from being imported: macros, unknown columns, … */
  readonly notes: readonly string[];
}

/** The name under which sources of such files are made, and by which one layout family is known. */
export const familyOf: Readonly<Record<PoamLayout, string>> = {
  'fedramp-2': 'fedramp',
  'rmf-import-1': 'emass',
  'rmf-import-2': 'emass',
  'rmf-import-3': 'emass',
  'rmf-export': 'emass',
  mccast: 'mccast',
  oscal: 'oscal',
};
