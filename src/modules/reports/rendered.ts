/** What a report is made from, and what the making gives back. */
import type { Readable } from 'node:stream';
import type { Snapshot } from './snapshot/snapshot.ts';

export interface ReportNote {
  /** Of `noteSentences`. */
  readonly code: NoteCode;
  /** The POA&M, deviation or field that it is about. */
  readonly subject: string;
  readonly detail?: string;
  /** Of a workbook that was filled: where. */
  readonly sheet?: string;
  readonly cell?: string;
  /** The header of the column, or the name of the field that has none. */
  readonly field?: string;
}

/** What a format could not say, or what its reader is to look at; the sentence is made when it is shown. */
export const noteSentences = {
  left_out_status: 'left out: its status has no place in this format',
  left_out_milestone: 'a milestone was left out: it has no day, or its state has no word in this format',
  cut: 'a text was cut to the length that the format allows',
  no_date: 'has no date that the format wants',
  no_contact: 'has no point of contact, which the format wants',
  no_rating: 'has no rating, which the format wants',
  unsaid_field: 'a field has no column in this workbook, and was not written',
  no_choice: 'a value is none of the words that the column allows, and was not written',
  overwritten: 'your workbook said something else in this cell: it now says what the record says',
  left_cell: 'the record says nothing here: what your workbook says was left',
  left_row: 'your workbook has a row that matches no POA&M of this boundary; it was left unchanged',
  formula_moved: 'a formula of a row that moved down was replaced by its result',
  no_comments: 'has no comment, which the format wants of completed and accepted items',
  changes_cut: 'only the latest are in the workbook',
  operational_high: 'an operational requirement of a high weakness, which FedRAMP does not approve',
  missing_rationale: 'has a deviation without a rationale, which the format wants',
  vendor_check_in: 'depends on a vendor, and the last check-in is missing or older than 30 days',
  rule_broken: 'breaks a rule of the format',
  not_evaluated: 'is not evaluated: exploitability, reachability and impact are unknown',
  left_out_draft: 'left out: it is a draft, which nobody has promised yet',
  left_out_over: 'deviations that are over were left out: choose all to have them',
  shortened: 'printed in part',
  no_value: 'has no value',
  unprintable: 'characters that the fonts lack: their codes are printed in their place',
  file_missing: 'a file of evidence could not be read, and is not in the package',
  no_evidence: 'was closed without evidence of a scan on record',
  rows_to_paste: 'no workbook of your own was given: copy the rows into one that you exported',
  catalogue_missing: 'no catalogue of exploited vulnerabilities is loaded: nothing is known of it',
} as const;
export type NoteCode = keyof typeof noteSentences;

export interface Rendered {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly mediaType: string;
  readonly notes: readonly ReportNote[];
}

/** The same of a file that may be too large to be held: it is written as it is made. */
export type RenderedFile = Omit<Rendered, 'bytes'> & {
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
};

export const mediaTypes = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xlsm: 'application/vnd.ms-excel.sheet.macroEnabled.12',
  json: 'application/json',
  pdf: 'application/pdf',
  zip: 'application/zip',
} as const;
export type ReportFormat = Exclude<keyof typeof mediaTypes, 'xlsm'>;

/** A file of evidence is looked up when it is decided what a package holds, and read once, when it is written into it. */
export interface EvidenceFiles {
  /** @throws TielineError FILE_UNKNOWN; FILE_DAMAGED where that is known. */
  readonly find: (sha256: string) => Promise<{ readonly bytes: number }>;
  /** Compared with its hash as it is read: what does not match ends before its last piece. */
  readonly read: (sha256: string) => Promise<{ readonly stream: Readable }>;
}

/** What a report is made from. */
export interface ToRender {
  readonly snapshot: Snapshot;
  readonly snapshotId: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** A workbook that was given to be filled. */
  readonly input: Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** Files of evidence, by hash. */
  readonly evidence: EvidenceFiles;
}
