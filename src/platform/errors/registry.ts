import { certificateErrors, fileErrors, metricErrors, workflowErrors } from './registry-of-files.ts';
import { feedErrors, reportErrors, requestErrors } from './registry-of-requests.ts';

/**
 * The registry of error codes: the only place that says what a code means, what its reader should do,
 * which exit code the command line ends with and whether the same call may be tried again.
 * Each entry is the operator's manual for that code; docs/errors.md is generated from it.
 *
 * Exit codes: 1 failed, 2 wrong usage or settings, 3 done with conflicts or held records.
 */
export interface ErrorEntry {
  /** What happened, in one sentence, for the manual. */
  readonly meaning: string;
  /** What the reader should do. */
  readonly remedy: string;
  readonly exitCode: 1 | 2 | 3;
  /** Whether the same operation may succeed later without any change. */
  readonly retryable: boolean;
}

export const errorRegistry = {
  ...workflowErrors,
  ...requestErrors,
  ...feedErrors,
  ...reportErrors,
  ...metricErrors,
  ...fileErrors,
  ...certificateErrors,
  USAGE: {
    meaning: 'The command line was not understood.',
    remedy: 'Read the usage with --help; nothing was done.',
    exitCode: 2,
    retryable: false,
  },
  FILTER_INVALID: {
    meaning:
      'A filter or sort of a list names something that the list does not have, or a value that is not possible there.',
    remedy:
      'Correct what the message names; it lists what is possible. Nothing is shown rather than the wrong rows.',
    exitCode: 2,
    retryable: false,
  },
  CURSOR_INVALID: {
    meaning: 'A cursor was used with another list, sort or filter than it was given for, or was changed.',
    remedy: 'Read the list again from its first page.',
    exitCode: 2,
    retryable: false,
  },
  RECORD_UNKNOWN: {
    meaning: 'There is no such record, or it is in no system that the caller may see.',
    remedy:
      'List the records to see which there are. Whether one outside of one’s systems exists is not said.',
    exitCode: 2,
    retryable: false,
  },
  RECORD_MOVED: {
    meaning: 'The record was changed since it was shown to the person who edits it. Nothing was changed.',
    remedy: 'Look at the record as it is now, and edit that.',
    exitCode: 2,
    retryable: false,
  },
  CONFLICT_SETTLED: {
    meaning: 'The conflict was settled by somebody else meanwhile. Nothing was changed.',
    remedy: 'Read it again to see by whom, and to what.',
    exitCode: 2,
    retryable: false,
  },
  MATCH_SETTLED: {
    meaning:
      'The match was decided by somebody else meanwhile, or needs no decision any more. Nothing was changed.',
    remedy: 'Read it again to see by whom; to decide otherwise, make or break the link.',
    exitCode: 2,
    retryable: false,
  },
  EDIT_REFUSED: {
    meaning:
      'An edit breaks a rule: a value is not possible in its field, a remote alone decides the field, or something that it needs is missing. Each field is named, and nothing was changed.',
    remedy: 'Correct what is named, or edit the field at its owner.',
    exitCode: 2,
    retryable: false,
  },
  SELECTION_MOVED: {
    meaning:
      'The records that an edit of many was shown for have changed since, or others belong to them now. Nothing was changed.',
    remedy: 'Try the edit again without its token, look at what it would do now, and confirm that.',
    exitCode: 2,
    retryable: false,
  },
  OUTPUT_FAILED: {
    meaning:
      'The result could not be written to where it was asked for: the disk is full, or the file may not be written. What the command did is done.',
    remedy: 'Make room, or choose another place; then ask for the result again.',
    exitCode: 1,
    retryable: false,
  },
  SETTING_INVALID: {
    meaning: 'A setting has a value that its rule forbids, or a required one is missing.',
    remedy: 'Correct the named setting; the message gives an example.',
    exitCode: 2,
    retryable: false,
  },
  SCAN_FILE_INVALID: {
    meaning:
      'A scan file (.nessus, CSV, zip) or checklist (CKL, CKLB, XCCDF) is broken, cut off, or neither; the message says where.',
    remedy:
      'Export or copy the file again. With --keep-partial the hosts that are whole are imported; otherwise nothing of the file is.',
    exitCode: 1,
    retryable: false,
  },
  SYSTEM_UNKNOWN: {
    meaning: 'No external system with that name or type exists.',
    remedy: 'List the systems with `tieline connections list`.',
    exitCode: 2,
    retryable: false,
  },
  SYSTEM_EXISTS: {
    meaning: 'An external system with that name exists already.',
    remedy: 'Choose another name, or change the existing one with `tieline connections set`.',
    exitCode: 2,
    retryable: false,
  },
  CONNECTION_PAUSED: {
    meaning: 'The external system is paused: nothing is read from it and nothing is sent to it.',
    remedy: 'Let it continue with `tieline connections resume NAME`.',
    exitCode: 2,
    retryable: false,
  },
  OPERATION_UNKNOWN: {
    meaning: 'No operation starts with that id.',
    remedy: 'List the operations with `tieline ops list`.',
    exitCode: 2,
    retryable: false,
  },
  SYNC_RUNNING: {
    meaning:
      'Another process syncs with a system that was asked for, or a plan or backfill has the whole database; the message says which.',
    remedy: 'Wait for it (`tieline sync status`), or stop that process.',
    exitCode: 1,
    retryable: true,
  },
  TOO_MANY_MISSING: {
    meaning:
      'A full read showed far fewer records than are linked: rather a fault of the remote, or of the rights there, than so many deletions. Nothing was marked.',
    remedy:
      'Look at the remote and at the rights of the account. If the records are really gone: `tieline sync run --full --accept-missing`.',
    exitCode: 1,
    retryable: false,
  },
  PLAN_INVALID: {
    meaning: 'A file is not a plan, is one of another version, or was changed after it was made.',
    remedy: 'Make a plan with `tieline sync plan --out FILE` and apply that file as it is.',
    exitCode: 2,
    retryable: false,
  },
  PLAN_UNKNOWN: {
    meaning: 'No plan with that id is kept: plans are deleted after 30 days.',
    remedy: 'List them with `tieline plans list`, or make a new one with `tieline sync plan --keep`.',
    exitCode: 2,
    retryable: false,
  },
  PLAN_MOVED: {
    meaning:
      'What a plan shows is not what would be done now: the record or a remote has changed since. Nothing was done.',
    remedy: 'Look at what moved, and make a new plan with `tieline sync plan`.',
    exitCode: 1,
    retryable: false,
  },
  APPROVAL_UNKNOWN: {
    meaning: 'No approval with that id is asked for.',
    remedy: 'List them with `tieline approvals list`.',
    exitCode: 2,
    retryable: false,
  },
  APPROVAL_MOVED: {
    meaning:
      'The changes for which approval is asked are not what they were: an approval is for one content only.',
    remedy: 'List the approvals again: the next sync asks for what is to go out now.',
    exitCode: 1,
    retryable: false,
  },
  APPROVAL_OWN: {
    meaning:
      'A change may not be approved by the person whose edit it sends, nor a request by the person who asked for it (SP 800-53 AC-5).',
    remedy:
      'Let somebody else approve it, or set `approve_own` (TIELINE_APPROVE_OWN) where one person does both.',
    exitCode: 2,
    retryable: false,
  },
  APPROVAL_ROLE: {
    meaning: 'A request is decided by certain roles in turn, and it is not the turn of this person.',
    remedy:
      'Let somebody of the role decide it; `tieline deciders list` shows who decides what, and `tieline deciders set` changes it.',
    exitCode: 2,
    retryable: false,
  },
  JOB_UNKNOWN: {
    meaning: 'There is no job with that id.',
    remedy: 'List them with `tieline jobs list`.',
    exitCode: 2,
    retryable: false,
  },
  SCAN_UNKNOWN: {
    meaning: 'No remediation scan with that id was asked for.',
    remedy: 'List them with `tieline scans list`.',
    exitCode: 2,
    retryable: false,
  },
  SCAN_REFUSED: {
    meaning:
      "The scanner's server refused to make or launch a remediation scan, which is recorded as failed; or no policy lets it out, and it waits for one that does.",
    remedy: 'Correct what the message names, then ask for the scan again.',
    exitCode: 1,
    retryable: false,
  },
  WORKER_NOT_INSTALLED: {
    meaning: "The worker's job queue is not in this database, and the role may not make it.",
    remedy: 'Let the owner of the database run `tieline worker --install` once, then `tieline db grants`.',
    exitCode: 1,
    retryable: false,
  },
  INTERRUPTED: {
    meaning: 'The command was ended by Ctrl-C, by a signal, or because the process that started it is gone.',
    remedy: 'Run the command again: a sync continues where it was.',
    exitCode: 1,
    retryable: true,
  },
  CANCELLED: {
    meaning: 'A person stopped the operation from elsewhere.',
    remedy:
      'What was done stays. A sync that was stopped continues with the next one that asks for the same.',
    exitCode: 1,
    retryable: false,
  },
  DEMO_RUNNING: {
    meaning: 'Another demo is up over the same data directory.',
    remedy: 'End it with Ctrl-C, or give this one another --data-dir.',
    exitCode: 1,
    retryable: true,
  },
  DATABASE_UNREACHABLE: {
    meaning:
      'PostgreSQL did not answer, ended the connection, has none left, or is full; and stayed so for as long as it is waited for (TIELINE_DATABASE_WAIT_MS).',
    remedy:
      'Check that the server runs and that DATABASE_URL names it; then run the command again: a sync continues where it was.',
    exitCode: 1,
    retryable: true,
  },
  DATABASE_BUSY: {
    meaning:
      'Another session of PostgreSQL stood in the way: it held a lock for too long, changed the same rows again and again, or cancelled the statement.',
    remedy:
      'See in pg_stat_activity which session it is; then run the command again: a sync continues where it was.',
    exitCode: 1,
    retryable: true,
  },
  LOCK_LOST: {
    meaning:
      'The connection to PostgreSQL that held the lock of a sync was lost; the sync stopped before its next write, since another process may have taken the lock.',
    remedy: 'Run the command again: a sync continues where it was.',
    exitCode: 1,
    retryable: true,
  },
  DATABASE_UNSUITABLE: {
    meaning: 'The database server is too old or its schema is not one that Tieline can use.',
    remedy: 'Use PostgreSQL 14 or newer and run the migrations.',
    exitCode: 1,
    retryable: false,
  },
  DATABASE_NOT_MIGRATED: {
    meaning:
      'The database belongs to another application too, and this version of Tieline is not installed in it yet, or not completely.',
    remedy: 'Look with `tieline db check`, then run `tieline db migrate`.',
    exitCode: 1,
    retryable: false,
  },
  DATABASE_HELD: {
    meaning: 'The embedded database is held by another process that does not share it.',
    remedy: 'Stop the process that the message names, or choose another --data-dir.',
    exitCode: 1,
    retryable: true,
  },
  MIGRATION_FAILED: {
    meaning: 'A migration could not be applied; the database is as it was before it.',
    remedy: 'Correct what the message names and run the command again.',
    exitCode: 1,
    retryable: false,
  },
  SECRET_UNREADABLE: {
    meaning: 'A stored secret could not be decrypted with the present master key.',
    remedy:
      'Give the key it was written with (TIELINE_MASTER_KEY), or enter the secret again: `tieline connections set NAME --secret SECRET`.',
    exitCode: 2,
    retryable: false,
  },
  REMOTE_UNREACHABLE: {
    meaning: 'The remote system could not be reached.',
    remedy: 'Check its address, the proxy and the network; `tieline connections check NAME` says more.',
    exitCode: 1,
    retryable: true,
  },
  REMOTE_TIMEOUT: {
    meaning: 'The remote system did not answer in time.',
    remedy: 'Run the sync again: it continues where it was. Raise the time limit if it happens often.',
    exitCode: 1,
    retryable: true,
  },
  REMOTE_RATE_LIMITED: {
    meaning: 'The remote system kept refusing requests as too many.',
    remedy: 'Run the sync again later: it continues where it was. Lower the request rate of this system.',
    exitCode: 1,
    retryable: true,
  },
  REMOTE_FAILED: {
    meaning: 'The remote system answered with a server error, repeatedly.',
    remedy: 'Run the sync again later: it continues where it was.',
    exitCode: 1,
    retryable: true,
  },
  REMOTE_UNAUTHORIZED: {
    meaning: 'The remote system did not accept the credentials (401).',
    remedy: 'Enter the keys or the password again: `tieline connections set NAME --secret SECRET`.',
    exitCode: 1,
    retryable: false,
  },
  REMOTE_FORBIDDEN: {
    meaning: 'The remote account lacks a permission (403).',
    remedy: 'Grant the account the permission that the message names.',
    exitCode: 1,
    retryable: false,
  },
  REMOTE_UNEXPECTED: {
    meaning: 'The remote system answered in a way its documentation does not describe.',
    remedy: 'Report the message; nothing of this answer was stored.',
    exitCode: 1,
    retryable: false,
  },
  REMOTE_CIRCUIT_OPEN: {
    meaning: 'Too many calls to the remote system failed in a row; calls are suspended for a while.',
    remedy: 'Wait for the remote system to recover, then run the sync again.',
    exitCode: 1,
    retryable: true,
  },
  EXPORT_FAILED: {
    meaning:
      'A Tenable export ended without delivering its chunks (error, cancelled, expired), or stood still, and so did the one that replaced it.',
    remedy:
      'Run the sync again: it starts a new export for what is missing. If exports stand still again and again, ask Tenable; how long is waited is the setting stall_minutes.',
    exitCode: 1,
    retryable: true,
  },
  PROFILE_INVALID: {
    meaning: 'A REST profile does not satisfy its schema.',
    remedy: 'Correct the named field of the profile.',
    exitCode: 2,
    retryable: false,
  },
  MAPPING_INVALID: {
    meaning: 'A field mapping names an unknown field or transform, or cannot be reversed where it must.',
    remedy: 'Correct the named mapping.',
    exitCode: 2,
    retryable: false,
  },
  INTERNAL: {
    meaning: 'A state that the code takes to be impossible.',
    remedy: 'Report it with the message and the operation id.',
    exitCode: 1,
    retryable: false,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorRegistry;
