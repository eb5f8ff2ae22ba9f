/**
 * What a failure of PostgreSQL, or of the connection to it, means to the caller. Databases come and go: they are restarted, fail
 * over, fill up, or lock a table for a while. None of that is a state that the code takes to be impossible, and all of it may pass.
 *
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
import pg from 'pg';
import { messageOf, TielineError, type TielineErrorOptions } from '../errors/index.ts';

/** SQLSTATEs after which the server, or this connection to it, is not available for a while. */
const unreachable: Readonly<Record<string, string>> = {
  '53000': 'it lacks resources',
  '53100': 'its disk is full',
  '53200': 'it is out of memory',
  '53300': 'it has no connection left for this role',
  '53400': 'a limit of its configuration is reached',
  '57P01': 'it ended the connection',
  '57P02': 'it crashed',
  '57P03': 'it is starting up or shutting down',
  '57P05': 'it ended the connection for being idle',
  '25P03': 'it ended a transaction for being idle',
  '58000': 'its system failed',
  '58030': 'it could not read or write a file',
};

/** SQLSTATEs of a statement that blocked another session, or was ended from outside. */
const busy: Readonly<Record<string, string>> = {
  '40001': 'another transaction changed the same rows',
  '40P01': 'two transactions waited for each other',
  '55P03': 'another session held a lock for too long',
  '57014': 'the statement was cancelled',
};

const brokenSocket: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** How pg says in words that a connection is gone, or that none was available. */
const brokenConnection =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|timeout exceeded when trying to connect|Query read timeout)/;

const remedies: Readonly<Record<string, string>> = {
  '53100': 'Free space on the disk of PostgreSQL, then run the command again: a sync continues where it was.',
  '53300':
    "Raise the role's CONNECTION LIMIT or the server's max_connections, or lower TIELINE_DATABASE_CONNECTIONS (at least 4 a process).",
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/**
 * The failure as what it means: DATABASE_UNREACHABLE (lost, refused, restarted, full: may pass), DATABASE_BUSY (a lock, a deadlock, a
 * cancelled statement: may pass), DATABASE_UNSUITABLE (it takes no writes), or as it is where it is none of these.
 * @param lost why the connection was lost, where that is known and the failure only says that it is gone.
 */
export function asDatabaseFault(error: Error, lost?: Error): Error {
  if (error instanceof TielineError) return error;
  if (lost && lost !== error && brokenConnection.test(error.message)) return asDatabaseFault(lost);
  const code = codeOf(error);
  const options = (remedy?: string): TielineErrorOptions => ({
    cause: error,
    ...(remedy === undefined ? {} : { remedy }),
  });
  const why = unreachable[code];
  if (why !== undefined || code.startsWith('08'))
    return new TielineError(
      'DATABASE_UNREACHABLE',
      `PostgreSQL cannot be used now: ${why ?? 'the connection failed'} (${error.message}).`,
      options(remedies[code]),
    );
  if (busy[code] !== undefined)
    return new TielineError('DATABASE_BUSY', `PostgreSQL: ${busy[code]} (${error.message}).`, options());
  if (code === '25006')
    return new TielineError(
      'DATABASE_UNSUITABLE',
      `PostgreSQL takes no writes: ${error.message}.`,
      options('Let DATABASE_URL name the primary server, and a database and role that may write.'),
    );
  const isOfSocket = brokenSocket.has(code) && !(error instanceof pg.DatabaseError);
  if (isOfSocket || brokenConnection.test(error.message))
    return new TielineError(
      'DATABASE_UNREACHABLE',
      `No connection to PostgreSQL: ${messageOf(error)}.`,
      options(),
    );
  if (error instanceof AggregateError && error.errors.some((each) => brokenSocket.has(codeOf(each))))
    return new TielineError('DATABASE_UNREACHABLE', `No connection to PostgreSQL: ${messageOf(error)}.`, {
      cause: error,
    });
  return error;
}

/** Whether it is the database that failed, in a way that may pass. */
export const isDatabaseFault = (error: unknown): error is TielineError =>
  error instanceof TielineError && (error.code === 'DATABASE_UNREACHABLE' || error.code === 'DATABASE_BUSY');

/** What PostgreSQL itself said, also where the failure was given its meaning already; undefined: it said nothing. */
export function databaseErrorOf(error: unknown): pg.DatabaseError | undefined {
  if (error instanceof pg.DatabaseError) return error;
  return error instanceof TielineError && error.cause instanceof pg.DatabaseError ? error.cause : undefined;
}

/** SQLSTATEs for which PostgreSQL itself asks that the whole transaction be done again. */
const again: ReadonlySet<string> = new Set(['40001', '40P01']);

/** Whether the transaction lost to another one (serialization failure, deadlock) and may simply be done again. */
export const isToBeDoneAgain = (error: unknown): boolean =>
  again.has(codeOf(error)) || (error instanceof TielineError && again.has(codeOf(error.cause)));

const outlasting = new WeakSet<Error>();

/** Notes that the database was waited for until that was given up: to wait once more would be to wait twice. */
export function noteOutlasted(error: Error): Error {
  outlasting.add(error);
  return error;
}

export const outlastedPatience = (error: Error): boolean => outlasting.has(error);
