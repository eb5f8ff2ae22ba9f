/**
 * What a failure below HTTP means: whether the remote may have acted on the request, whether trying again makes
 * sense, and what a person should do.
 */
import { type ErrorCode, messageOf, TielineError, type TielineErrorOptions } from '../errors/index.ts';

const certainlyNotArrived = new WeakSet<Error>();

/**
 * Whether the remote may have acted on the request that ended with this error. False only where it certainly did
 * not: refused connection, failed name lookup or TLS handshake, 429, open breaker.
 */
export function requestMayHaveArrived(error: unknown): boolean {
  return !(error instanceof Error && certainlyNotArrived.has(error));
}

/** A TielineError of which `requestMayHaveArrived` says no. */
export function errorBeforeArrival(
  code: ErrorCode,
  message: string,
  options: TielineErrorOptions = {},
): TielineError {
  const error = new TielineError(code, message, options);
  certainlyNotArrived.add(error);
  return error;
}

export interface TransportFailure {
  readonly error: TielineError;
  readonly arrived: 'no' | 'perhaps';
  /** False where the same call would fail the same way until a person changes something. */
  readonly worthRetrying: boolean;
}

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
]);
const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const certificateCode =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(VERIFY|GET|DECODE|DECRYPT)|ERR_TLS_CERT|CRL_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;
const handshake =
  /before secure TLS connection|wrong version number|packet length too long|handshake failure|unsupported protocol|tlsv1 alert|unknown protocol/i;

/** The error and its causes, outermost first. */
function chain(thrown: unknown): { code: string; message: string }[] {
  const found: { code: string; message: string }[] = [];
  let current: unknown = thrown;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    found.push({
      code: 'code' in current && typeof current.code === 'string' ? current.code : '',
      message: messageOf(current),
    });
    if (current instanceof AggregateError) for (const each of current.errors) found.push(...chain(each));
    current = current.cause;
  }
  return found;
}

/**
 * Turns what undici or Node threw for `where` ("GET /x") into a TielineError, and says what it means.
 * @param proxy its address without user and password, where calls go through one: then it may be what cannot be reached.
 */
export function classifyTransportFailure(thrown: unknown, where: string, proxy?: string): TransportFailure {
  const way = proxy === undefined ? '' : ` by the proxy ${proxy}`;
  const ofProxy =
    proxy === undefined
      ? {}
      : { remedy: `Check TIELINE_PROXY: calls go by ${proxy}, which may be what does not answer.` };
  const links = chain(thrown);
  const codes = links.map((link) => link.code);
  const text = links.map((link) => link.message).join('; ');
  const reason = (links.at(-1)?.message || messageOf(thrown)).slice(0, 200);

  const certificate = codes.find((code) => certificateCode.test(code));
  if (certificate !== undefined)
    return {
      error: errorBeforeArrival(
        'REMOTE_UNREACHABLE',
        `${where}: the server's certificate is not trusted (${certificate}).`,
        {
          cause: thrown,
          remedy:
            certificate === 'ERR_TLS_CERT_ALTNAME_INVALID'
              ? 'The certificate is for another name: give this system the address that the certificate names.'
              : 'If a corporate authority signed it, name its PEM file with TIELINE_CA_FILE (or NODE_EXTRA_CA_CERTS).',
        },
      ),
      arrived: 'no',
      worthRetrying: false,
    };
  if (handshake.test(text) || codes.some((code) => code.startsWith('ERR_SSL_')))
    return {
      error: errorBeforeArrival('REMOTE_UNREACHABLE', `${where}: the TLS handshake failed: ${reason}`, {
        cause: thrown,
        remedy:
          'Check that the address begins with the right scheme (https or http) and port, and that both sides allow a common TLS version.',
      }),
      arrived: 'no',
      worthRetrying: true,
    };
  if (/proxy response/i.test(text))
    return {
      error: errorBeforeArrival('REMOTE_UNREACHABLE', `${where}: the proxy refused to connect: ${reason}`, {
        cause: thrown,
        remedy: 'Check TIELINE_PROXY, its user and password, and that the proxy allows this host.',
      }),
      arrived: 'no',
      worthRetrying: !/407|403/.test(text),
    };
  if (codes.includes('UND_ERR_CONNECT_TIMEOUT'))
    return {
      error: errorBeforeArrival('REMOTE_TIMEOUT', `${where}: no connection${way} within the time limit.`, {
        cause: thrown,
        ...ofProxy,
      }),
      arrived: 'no',
      worthRetrying: true,
    };
  const refused = codes.find((code) => connectionCodes.has(code));
  if (refused !== undefined)
    return {
      error: errorBeforeArrival('REMOTE_UNREACHABLE', `${where}: no connection${way} (${refused}).`, {
        cause: thrown,
        ...ofProxy,
      }),
      arrived: 'no',
      worthRetrying: true,
    };
  if (codes.some((code) => timeoutCodes.has(code)))
    return {
      error: new TielineError('REMOTE_TIMEOUT', `${where}: no answer within the time limit.`, {
        cause: thrown,
      }),
      arrived: 'perhaps',
      worthRetrying: true,
    };
  return {
    error: new TielineError('REMOTE_UNREACHABLE', `${where}: the connection broke: ${reason}`, {
      cause: thrown,
    }),
    arrived: 'perhaps',
    worthRetrying: true,
  };
}
