/** Codes of files that people bring (workbooks, POA&M files, checklists), and of metrics and dashboards; a part of the registry (registry.ts). */
export const fileErrors = {
  WORKBOOK_INVALID: {
    meaning:
      'A workbook is broken, protected by a password, of another format, or larger than a workbook can be; the message names the part, sheet or cell. Nothing of it was read in.',
    remedy: 'Open it in a spreadsheet program, save it as .xlsx without a password, and bring that.',
    exitCode: 1,
    retryable: false,
  },
  POAM_FILE_INVALID: {
    meaning:
      'A file is none that POA&Ms are read from: its headers are no known layout, or its JSON is no OSCAL POA&M. The message names the place and the rule. Nothing of it was imported.',
    remedy: 'Bring a file of a layout that docs/poam-files.md lists, with its header row unchanged.',
    exitCode: 1,
    retryable: false,
  },
  POAM_IMPORT_MOVED: {
    meaning:
      'What the file would change is not what was shown: records here have moved since, or it was settled already. Nothing was imported.',
    remedy: 'Bring the file again, look at what it would change now, and approve that.',
    exitCode: 2,
    retryable: false,
  },
} as const;

export const metricErrors = {
  METRIC_UNKNOWN: {
    meaning: 'There is no metric of that name, or it has no such measure.',
    remedy: 'List the metrics with `tieline metrics list`.',
    exitCode: 2,
    retryable: false,
  },
  METRIC_INVALID: {
    meaning:
      'A metric of one’s own cannot be saved as it is: its SQL does not run, or its columns are not those of records. Nothing was saved.',
    remedy:
      'Correct what is named and try it with `tieline metrics try`; docs/metrics.md says which columns there must be.',
    exitCode: 2,
    retryable: false,
  },
  DASHBOARD_UNKNOWN: {
    meaning: 'There is no such dashboard, or it is not shared with the caller.',
    remedy: 'List the dashboards with `tieline dashboards list`.',
    exitCode: 2,
    retryable: false,
  },
} as const;

/** Of certificates of people (smart cards), programs and proxies. */
export const certificateErrors = {
  CERTIFICATE_UNREADABLE: {
    meaning:
      'A file, or what was sent, is not an X.509 certificate or not a certificate revocation list (CRL); the message names it.',
    remedy:
      'Give a certificate in PEM (`openssl x509 -in FILE -noout -text` shows it), or a CRL in PEM or DER (`openssl crl -in FILE -noout -text`).',
    exitCode: 2,
    retryable: false,
  },
  PROXY_HEADER_REFUSED: {
    meaning:
      'A header that only a proxy may set came twice, or in a spelling that proxies and servers read differently (`_` for `-`). The request was not read, and the security log has it.',
    remedy:
      'A client must not send it. If the proxy does: let it set the header, once (nginx: proxy_set_header), and see docs/how-to/sign-in-with-cards.md.',
    exitCode: 1,
    retryable: false,
  },
} as const;

/** The codes of workflows and their runs. */
export const workflowErrors = {
  WORKFLOW_UNKNOWN: {
    meaning: 'There is no workflow with that name.',
    remedy: 'List them with `tieline workflows list`.',
    exitCode: 2,
    retryable: false,
  },
  WORKFLOW_RUN_UNKNOWN: {
    meaning: 'There is no workflow run with that id, or you may not see the record it is about.',
    remedy: 'List them with `tieline workflows runs`.',
    exitCode: 2,
    retryable: false,
  },
  WORKFLOW_INVALID: {
    meaning:
      'A workflow names something that there is not (a field, a word of a list, an action, an input, a role), or workflows would start each other in a circle. Each problem is named with its place.',
    remedy:
      'Correct what is named, and try it with `tieline workflows check FILE`; docs/workflows.md says what a workflow may hold. Nothing was saved.',
    exitCode: 2,
    retryable: false,
  },
  WORKFLOW_TAKEN: {
    meaning:
      'A workflow was to be saved under a name that a row of another program has in the table workflows.',
    remedy: 'Save it under another name; Tieline changes no row that it did not write.',
    exitCode: 2,
    retryable: false,
  },
  WORKFLOW_UNAPPROVED: {
    meaning: 'A workflow was to run that is off, stopped, or of which nobody approved a version.',
    remedy:
      'See how it stands with `tieline workflows show NAME`; let another person approve it with `tieline workflows approve NAME`.',
    exitCode: 2,
    retryable: false,
  },
  WORKFLOW_MOVED: {
    meaning:
      'A workflow, a version of it or a run is not as it was when you looked: somebody decided or changed it meanwhile.',
    remedy: 'Look again with `tieline workflows show NAME` or `tieline workflows trace RUN`.',
    exitCode: 2,
    retryable: false,
  },
} as const;
