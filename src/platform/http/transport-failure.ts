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

/** A TielineError for which `requestMayHaveArrived` is false. */
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

/** What a failure is recognised by, and what its sentences are made of. */
interface Evidence {
  readonly thrown: unknown;
  readonly where: string;
  readonly codes: readonly string[];
  /** All messages of the chain. */
  readonly text: string;
  /** The innermost message, shortened. */
  readonly reason: string;
  /** The address of the proxy without user and password, where calls go through one. */
  readonly proxy: string | undefined;
}

interface FailureKind {
  readonly code: 'REMOTE_UNREACHABLE' | 'REMOTE_TIMEOUT';
  readonly arrived: TransportFailure['arrived'];
  /** The error code by which it is recognised, '' where it is another sign; undefined: it is not of this kind. */
  sign(evidence: Evidence): string | undefined;
  /** What happened, after "GET /x: ". */
  says(evidence: Evidence, sign: string): string;
  remedy?(evidence: Evidence, sign: string): string | undefined;
  /** Absent: always. */
  worthRetrying?(evidence: Evidence): boolean;
}

const byWayOf = ({ proxy }: Evidence): string => (proxy === undefined ? '' : ` by the proxy ${proxy}`);
const checkProxy = ({ proxy }: Evidence): string | undefined =>
  proxy === undefined
    ? undefined
    : `Check TIELINE_PROXY: calls go by ${proxy}, which may be what does not answer.`;

/** The first that recognises a failure says what it means. */
const failureKinds: readonly FailureKind[] = [
  {
    code: 'REMOTE_UNREACHABLE',
    arrived: 'no',
    sign: ({ codes }) => codes.find((code) => certificateCode.test(code)),
    says: (_, code) => `the server's certificate is not trusted (${code}).`,
    remedy: (_, code) =>
      code === 'ERR_TLS_CERT_ALTNAME_INVALID'
        ? 'The certificate is for another name: give this system the address that the certificate names.'
        : 'If a corporate authority signed it, name its PEM file with TIELINE_CA_FILE (or NODE_EXTRA_CA_CERTS).',
    worthRetrying: () => false,
  },
  {
    code: 'REMOTE_UNREACHABLE',
    arrived: 'no',
    sign: ({ codes, text }) =>
      handshake.test(text) || codes.some((code) => code.startsWith('ERR_SSL_')) ? '' : undefined,
    says: ({ reason }) => `the TLS handshake failed: ${reason}`,
    remedy: () =>
      'Check that the address begins with the right scheme (https or http) and port, and that both sides allow a common TLS version.',
  },
  {
    code: 'REMOTE_UNREACHABLE',
    arrived: 'no',
    sign: ({ text }) => (/proxy response/i.test(text) ? '' : undefined),
    says: ({ reason }) => `the proxy refused to connect: ${reason}`,
    remedy: () => 'Check TIELINE_PROXY, its user and password, and that the proxy allows this host.',
    worthRetrying: ({ text }) => !/407|403/.test(text),
  },
  {
    code: 'REMOTE_TIMEOUT',
    arrived: 'no',
    sign: ({ codes }) => (codes.includes('UND_ERR_CONNECT_TIMEOUT') ? '' : undefined),
    says: (evidence) => `no connection${byWayOf(evidence)} within the time limit.`,
    remedy: checkProxy,
  },
  {
    code: 'REMOTE_UNREACHABLE',
    arrived: 'no',
    sign: ({ codes }) => codes.find((code) => connectionCodes.has(code)),
    says: (evidence, code) => `no connection${byWayOf(evidence)} (${code}).`,
    remedy: checkProxy,
  },
  {
    code: 'REMOTE_TIMEOUT',
    arrived: 'perhaps',
    sign: ({ codes }) => (codes.some((code) => timeoutCodes.has(code)) ? '' : undefined),
    says: () => 'no answer within the time limit.',
  },
];

const brokenConnection: FailureKind = {
  code: 'REMOTE_UNREACHABLE',
  arrived: 'perhaps',
  sign: () => '',
  says: ({ reason }) => `the connection broke: ${reason}`,
};

/**
 * Turns what undici or Node threw for `where` ("GET /x") into a TielineError, and says what it means.
 * @param proxy its address without user and password, where calls go through one: then it may be what cannot be reached.
 */
export function classifyTransportFailure(thrown: unknown, where: string, proxy?: string): TransportFailure {
  const links = chain(thrown);
  const evidence: Evidence = {
    thrown,
    where,
    codes: links.map((link) => link.code),
    text: links.map((link) => link.message).join('; '),
    reason: (links.at(-1)?.message || messageOf(thrown)).slice(0, 200),
    proxy,
  };
  for (const kind of failureKinds) {
    const sign = kind.sign(evidence);
    if (sign !== undefined) return failureOf(kind, evidence, sign);
  }
  return failureOf(brokenConnection, evidence, '');
}

function failureOf(kind: FailureKind, evidence: Evidence, sign: string): TransportFailure {
  const message = `${evidence.where}: ${kind.says(evidence, sign)}`;
  const remedy = kind.remedy?.(evidence, sign);
  const options = { cause: evidence.thrown, ...(remedy === undefined ? {} : { remedy }) };
  return {
    error:
      kind.arrived === 'no'
        ? errorBeforeArrival(kind.code, message, options)
        : new TielineError(kind.code, message, options),
    arrived: kind.arrived,
    worthRetrying: kind.worthRetrying?.(evidence) ?? true,
  };
}
