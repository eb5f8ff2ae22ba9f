/** What the page of reports says. */
import type { ReportRow } from '../../api/work/reports.ts';

export const states: Readonly<Record<ReportRow['status'], { readonly text: string; readonly tone: string }>> =
  {
    pending: { text: 'waiting for a worker', tone: 'quiet' },
    running: { text: 'being made', tone: 'quiet' },
    completed: { text: 'ready', tone: 'good' },
    failed: { text: 'failed', tone: 'bad' },
    cancelled: { text: 'cancelled', tone: 'quiet' },
  };

/** Whether a recipient of a scheduled report was notified. */
export const toldWords: Readonly<Record<ReportRow['recipients'][number]['outcome'], string>> = {
  told: 'notified by email',
  no_right: 'not notified: may not read everything in it',
  no_address: 'not notified: has no email address',
  no_channel: 'not notified: no email channel is set up',
  not_active: 'not notified: the account is locked, disabled or gone',
  disclosed: 'sent outside, and in the accounting of disclosures',
  domain_not_allowed: 'not sent: the settings no longer allow this domain',
  not_attachable: 'not sent: the file is larger than the settings allow',
  owner_may_not: 'not sent: the owner of the schedule may no longer export all of it',
};

/** What became of the mail, where that is worth a word. */
export const mailWords: Readonly<Record<string, string>> = {
  failed: 'the mail failed; see Alerts, Channels',
  pending: 'the mail is waiting to be sent',
  sending: 'the mail is being sent',
};

/** As the command line says them (src/modules/reports/rendered.ts). */
const notes: Readonly<Record<string, string>> = {
  left_out_status: 'left out: its status or kind has no place in this format',
  left_out_milestone: 'a milestone was left out: it has no day, or its state has no word here',
  cut: 'a text was shortened to the length that the format allows',
  no_date: 'has no date that the format wants',
  no_contact: 'has no point of contact, which the format wants',
  no_rating: 'has no rating, which the format wants',
  unsaid_field: 'a field has no column in this workbook',
  no_choice: 'a value is not one of those that the column allows',
  overwritten: 'your workbook said something else in this cell; it now says what the record says',
  left_cell: 'the record says nothing here; what your workbook says was left',
  left_row: 'your workbook has a row that matches no POA&M of this boundary; it was left unchanged',
  formula_moved: 'a formula of a row that moved down was replaced by its result',
  no_comments: 'has no comment, which the format wants of completed and accepted items',
  no_value: 'has no value: it was never measured, or what it needs is not recorded here',
  changes_cut: 'only the latest are in the workbook',
  operational_high: 'an operational requirement of a high weakness, which FedRAMP does not approve',
  missing_rationale: 'has a deviation without a rationale',
  vendor_check_in: 'depends on a vendor, and the last check-in is missing or older than 30 days',
  rule_broken: 'breaks a rule of the format',
  not_evaluated: 'is not evaluated',
  rows_to_paste: 'no workbook of your own was given: copy the rows into one that you exported',
  left_out_draft: 'left out: it is a draft, which nobody has promised yet',
  left_out_over: 'deviations that have ended were left out: choose all to have them',
  shortened: 'printed in part',
  unprintable: 'characters that the fonts lack: their codes are printed in their place',
  file_missing: 'a file of evidence could not be read, and is not in the package',
  no_evidence: 'was closed without evidence of a scan on record',
  catalogue_missing: 'no catalogue of exploited vulnerabilities is loaded',
};
export const noteWords = (code: string): string => notes[code] ?? code;
