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
  FILES_ELSEWHERE: {
    meaning:
      'This process does not see the place in which files are kept: another folder is set, none is, or it is not mounted.',
    remedy:
      'Set TIELINE_FILES to the folder that the other processes use, and see that it is mounted; leave it unset where files are kept in the database.',
    exitCode: 1,
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
  LINK_UNKNOWN: {
    meaning: 'The one-time link was used, has expired, or never was.',
    remedy: 'Have a new one made at the machine: `tieline users link NAME`.',
    exitCode: 1,
    retryable: false,
  },
} as const;
