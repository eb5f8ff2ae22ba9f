/** The codes of what only requests to the server can meet: accounts, sessions, and the form of a request. */
export const requestErrors = {
  REQUEST_INVALID: {
    meaning:
      'A request to the API has a parameter or a field that its rule forbids; the answer names each with its place.',
    remedy: 'Correct what is named; /api/v1/openapi.json describes every request. Nothing was done.',
    exitCode: 2,
    retryable: false,
  },
  ROUTE_UNKNOWN: {
    meaning: 'The API has nothing at this address, or not with this method.',
    remedy: 'Look the address up in /api/v1/openapi.json.',
    exitCode: 2,
    retryable: false,
  },
  REQUEST_FORGED: {
    meaning: 'A request that changes something came with a session but not from a page of this server.',
    remedy:
      'Programs use a token (Authorization: Bearer); a proxy in front must pass Origin and Sec-Fetch-Site on unchanged.',
    exitCode: 2,
    retryable: false,
  },
  PRECONDITION_MISSING: {
    meaning:
      'A change of a record came without If-Match, so it could overwrite what somebody else has just written.',
    remedy: 'Read the record, and send its ETag as If-Match.',
    exitCode: 2,
    retryable: false,
  },
  IDEMPOTENCY_KEY_MISSING: {
    meaning:
      'A request that creates, decides or starts something came without an Idempotency-Key, so it could not be repeated safely.',
    remedy: 'Send a new UUID as Idempotency-Key, and the same one when you repeat the request.',
    exitCode: 2,
    retryable: false,
  },
  IDEMPOTENCY_KEY_REUSED: {
    meaning: 'An Idempotency-Key came again with another request.',
    remedy: 'Use a new UUID for each new request.',
    exitCode: 2,
    retryable: false,
  },
  REQUEST_IN_FLIGHT: {
    meaning: 'The same request, by its Idempotency-Key, is being carried out right now.',
    remedy: 'Repeat it in a few seconds; it then gets the answer of the first.',
    exitCode: 1,
    retryable: true,
  },
  RATE_LIMITED: {
    meaning: 'More requests came than one person or address may make.',
    remedy: 'Wait as long as Retry-After says.',
    exitCode: 1,
    retryable: true,
  },
  IMPORTS_WAITING: {
    meaning: 'As many files of one person wait to be imported as may lie on the server.',
    remedy:
      'Wait until some are imported, or cancel them on the page Imports. A worker must run: `tieline worker`.',
    exitCode: 1,
    retryable: true,
  },
  BODY_TOO_LARGE: {
    meaning: 'The body of a request is larger than this address accepts.',
    remedy: 'Send less at once; scan files are sent to /api/v1/imports.',
    exitCode: 2,
    retryable: false,
  },
  MEDIA_TYPE_UNKNOWN: {
    meaning: 'The body of a request is of a type that this address does not read.',
    remedy: 'Send application/json; scan files as application/octet-stream.',
    exitCode: 2,
    retryable: false,
  },
  QUERY_TOO_WIDE: {
    meaning: 'A list took longer than five seconds to read.',
    remedy: 'Add a filter: an authorization boundary or a severity; or export the list.',
    exitCode: 1,
    retryable: false,
  },
  NOT_SIGNED_IN: {
    meaning: 'The request bears neither a session nor a token that is known.',
    remedy: 'Sign in, or send a token: `Authorization: Bearer tl_…`.',
    exitCode: 1,
    retryable: false,
  },
  SIGN_IN_REFUSED: {
    meaning:
      'Name and password were not accepted. The answer is the same for an unknown name, a wrong password and a locked account.',
    remedy:
      'Try again, or ask an administrator: `tieline users show NAME` says whether the account is locked, `tieline users unlock NAME` releases it.',
    exitCode: 1,
    retryable: false,
  },
  SIGN_IN_TOO_OFTEN: {
    meaning: 'Too many sign-ins came from one address within a minute.',
    remedy: 'Wait a minute. How many are possible is the setting sign_ins_per_minute.',
    exitCode: 1,
    retryable: true,
  },
  BANNER_NOT_ACKNOWLEDGED: {
    meaning: 'The notice that is shown before sign-in was not acknowledged.',
    remedy: 'Read it, acknowledge it, and sign in.',
    exitCode: 1,
    retryable: false,
  },
  SESSION_ENDED: {
    meaning:
      'The session has ended: signed out, too long without activity, too old, or ended by somebody; the message says which.',
    remedy: 'Sign in again.',
    exitCode: 1,
    retryable: false,
  },
  STEP_UP_NEEDED: {
    meaning: 'The password was given too long ago for what was asked.',
    remedy: 'Give the password again, then repeat the request.',
    exitCode: 1,
    retryable: false,
  },
  DEVIATION_INCOMPLETE: {
    meaning:
      'A deviation lacks something that its kind needs, or says something that does not fit; each field is named.',
    remedy:
      'Correct the fields that are named and ask again; nothing was recorded. docs/deviations.md lists what each kind needs.',
    exitCode: 2,
    retryable: false,
  },
  DEVIATION_OVER: {
    meaning: 'The deviation has ended, and what ended does not hold again.',
    remedy: 'Ask for a new one: `tieline deviations request`.',
    exitCode: 2,
    retryable: false,
  },
  FILE_UNKNOWN: {
    meaning: 'No file of that hash is kept.',
    remedy: 'See what the record lists as its files.',
    exitCode: 2,
    retryable: false,
  },
  FILE_DAMAGED: {
    meaning:
      'The bytes of a file are gone, or are not those whose hash was kept. Nothing of it was handed out.',
    remedy:
      'Restore it from the backup of the files, or attach it again; `tieline files check` looks at all of them.',
    exitCode: 1,
    retryable: false,
  },
  LOG_TAMPERED: {
    meaning:
      'The security log is not what was recorded: rows were changed, added, or are gone. Each place is named. It is an event and an alert, too.',
    remedy:
      'Keep the database and the directory of the security log as they are, tell the ISSM, and follow docs/operations/security-log.md.',
    exitCode: 1,
    retryable: false,
  },
  FILES_ELSEWHERE: {
    meaning:
      'This process does not see the place in which files are kept: another folder is set, none is, or it is not mounted.',
    remedy:
      'Set TIELINE_FILES to the folder that the other processes use, and see that it is mounted; leave it unset where files are kept in the database.',
    exitCode: 1,
    retryable: false,
  },
  LOGOUT_REFUSED: {
    meaning:
      'The logout token of an identity provider did not hold: its signature, issuer, audience, time or content, or it was used before. No session ended.',
    remedy:
      'Run `tieline serve check-oidc`; if all holds there, the token was forged or sent twice: see the security log.',
    exitCode: 2,
    retryable: false,
  },
  IDENTITY_UNKNOWN: {
    meaning: 'No outside identity has that id, or several begin so.',
    remedy:
      'See those that wait with `tieline users identities`, those of an account with `tieline users show NAME`.',
    exitCode: 2,
    retryable: false,
  },
  IDENTITY_TAKEN: {
    meaning: 'An account has that outside identity already.',
    remedy: 'Take it from that account first: `tieline users unlink-identity NAME IDENTITY`.',
    exitCode: 2,
    retryable: false,
  },
  NOT_ALLOWED: {
    meaning: 'The account lacks the permission, or does not hold it there.',
    remedy: 'Ask an administrator for a grant: `tieline grants give NAME ROLE`.',
    exitCode: 1,
    retryable: false,
  },
  LAST_ADMINISTRATOR: {
    meaning: 'Afterwards nobody could administer accounts.',
    remedy: 'Give another person the role first: `tieline grants give NAME admin`.',
    exitCode: 1,
    retryable: false,
  },
  PASSWORD_REFUSED: {
    meaning:
      'A password is too short or too long, is used by many, holds the name of the account or product, or was used before.',
    remedy: 'Choose another, from 15 to 128 characters: a few words that do not belong together are good.',
    exitCode: 2,
    retryable: false,
  },
  PASSWORD_EXPIRED: {
    meaning: 'The password was given by an administrator, and must be changed before anything else.',
    remedy: 'Choose a new password.',
    exitCode: 1,
    retryable: false,
  },
  SECOND_FACTOR_REFUSED: {
    meaning:
      'A code or security key was wrong, was used before, or the account is locked. The answer is the same for all; the security log has the reason.',
    remedy:
      'Wait for the next code of the app and check the clock of the phone, or use a recovery code. After some refusals the account is locked: an administrator releases it (`tieline users unlock NAME`).',
    exitCode: 1,
    retryable: false,
  },
  SECOND_FACTOR_NEEDED: {
    meaning: 'The account has a second factor, and only the password was given.',
    remedy: 'Give a code of the authenticator app beside the password, or use a security key.',
    exitCode: 1,
    retryable: false,
  },
  SECOND_FACTOR_MISSING: {
    meaning: 'The account must have a second factor, and has none yet: nothing else is possible before.',
    remedy:
      'Set one up on the page that follows the sign-in. Who must have one is said by the setting `second_factor`.',
    exitCode: 1,
    retryable: false,
  },
  SIGN_IN_STALE: {
    meaning:
      'The second step of a sign-in came too late, came twice, or came from another browser than the password.',
    remedy: 'Sign in again with name and password.',
    exitCode: 1,
    retryable: false,
  },
  FACTOR_NOT_CONFIRMED: {
    meaning: 'A second factor that is being set up did not prove that it works; it was not added.',
    remedy: 'Begin again on the page Your sign-in, and check the clock of the phone.',
    exitCode: 1,
    retryable: false,
  },
  FACTOR_NEEDED: {
    meaning:
      'What was asked for needs a second factor, or would take the last one away from an account that must have one.',
    remedy: 'Add another second factor first.',
    exitCode: 1,
    retryable: false,
  },
  FACTORS_ELSEWHERE: {
    meaning:
      'Second factors of Tieline belong to its passwords; who comes by a card or an identity provider has them there.',
    remedy: 'Sign in with name and password, if the account has one.',
    exitCode: 1,
    retryable: false,
  },
  WEBAUTHN_UNAVAILABLE: {
    meaning:
      'Security keys are bound to the name of the server, and no name is set, or the address consists of numbers, which browsers refuse.',
    remedy:
      'Set `console_url` (TIELINE_CONSOLE_URL) to the address with a name by which people reach the console, and open it by that.',
    exitCode: 2,
    retryable: false,
  },
  ACCOUNT_EXISTS: {
    meaning: 'There is an account of that name; upper and lower case make no difference.',
    remedy: 'Choose another name, or see the account: `tieline users show NAME`.',
    exitCode: 2,
    retryable: false,
  },
  ACCOUNT_UNKNOWN: {
    meaning: 'No account has that name or id.',
    remedy: 'See the accounts: `tieline users list`.',
    exitCode: 2,
    retryable: false,
  },
  GRANT_UNKNOWN: {
    meaning: 'No grant has that id, or it was revoked before.',
    remedy: 'See the grants: `tieline grants list`.',
    exitCode: 2,
    retryable: false,
  },
  TOKEN_UNKNOWN: {
    meaning: 'No token has that id, or it was revoked before.',
    remedy: 'See the tokens: `tieline tokens list`.',
    exitCode: 2,
    retryable: false,
  },
  RECEIVER_NOT_ALLOWED: {
    meaning:
      'An alert was to be sent to a server that the settings of this machine do not name, or that leads to where nothing is sent.',
    remedy: 'Add the server to TIELINE_ALERT_RECEIVERS, if alerts are to go there, and start again.',
    exitCode: 2,
    retryable: false,
  },
  LINK_UNKNOWN: {
    meaning: 'The one-time link was used, has expired, or never was.',
    remedy: 'Have a new one made at the machine: `tieline users link NAME`.',
    exitCode: 1,
    retryable: false,
  },
} as const;

/** Codes of loading threat feeds. Here and not in a file of their own: each module costs the start of every command. */
export const feedErrors = {
  FEED_INVALID: {
    meaning:
      'The file of a threat feed, or the manifest of a bundle, is broken, cut off, or something else; the message says where and which rule it breaks. Nothing of it was stored.',
    remedy: 'Fetch the file again, whole and unchanged; docs/intelligence.md says which files are read.',
    exitCode: 1,
    retryable: false,
  },
  FEED_OLDER: {
    meaning: 'The file of a threat feed is older than what is loaded already. Nothing of it was stored.',
    remedy: 'Load a newer file. To go back on purpose: --force "why".',
    exitCode: 2,
    retryable: false,
  },
  FEED_INCOMPLETE: {
    meaning:
      'The file of a threat feed lacks so many entries which were listed before that it is taken for incomplete. Nothing of it was stored.',
    remedy: 'Fetch the file again. If the publisher did withdraw them: --force "why".',
    exitCode: 2,
    retryable: false,
  },
} as const;

/** Codes of reports. Here and not in a file of their own: each module costs the start of every command. */
export const reportErrors = {
  REPORT_UNKNOWN: {
    meaning: 'There is no such report, or it covers a boundary that you may not see.',
    remedy: 'See which there are: tieline reports list',
    exitCode: 2,
    retryable: false,
  },
  REPORT_TEMPLATE_UNKNOWN: {
    meaning: 'There is no report template of that name.',
    remedy: 'See which there are: tieline reports templates',
    exitCode: 2,
    retryable: false,
  },
  REPORT_INVALID: {
    meaning:
      'What was given for a report does not fit its template; each parameter is named. Nothing was made.',
    remedy: 'Correct the parameters that are named; `tieline reports templates` lists what each takes.',
    exitCode: 2,
    retryable: false,
  },
  REPORT_INPUT_INVALID: {
    meaning:
      'The workbook that was given to be filled cannot be read, or is none of the forms that are known. Nothing was made.',
    remedy: 'Give the workbook as your system exported it; docs/reports.md lists the forms.',
    exitCode: 2,
    retryable: false,
  },
  REPORT_EMPTY: {
    meaning: 'Nothing in the record fits what was asked for, and the format allows no empty report.',
    remedy: 'Widen the period or the boundary.',
    exitCode: 2,
    retryable: false,
  },
  REPORT_NOT_VALID: {
    meaning:
      'What was made breaks the schema of its format; the fields are named. It was not kept. That is a fault of Tieline, or of what the record holds.',
    remedy: 'Correct the values that are named in the record; else report it with a support bundle.',
    exitCode: 1,
    retryable: false,
  },
  REPORT_NOT_THERE: {
    meaning: 'The report has no file: it is not finished, it failed, or its time is over.',
    remedy: 'Make it again; with --snapshot, of the same rows, while these are kept.',
    exitCode: 2,
    retryable: false,
  },
  SNAPSHOT_UNKNOWN: {
    meaning: 'There is no such snapshot, it is of another kind of report, or it covers what you may not see.',
    remedy: 'See the snapshot of a report: tieline reports show ID',
    exitCode: 2,
    retryable: false,
  },
} as const;
