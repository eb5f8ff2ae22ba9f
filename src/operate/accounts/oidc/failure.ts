/** Pure: what an error of the protocol means for the person, and what the security log is told. */
import { messageOf, TielineError } from '../../../platform/errors/index.ts';

export type ProtocolRefusal =
  | 'cancelled'
  | 'expired'
  | 'other_person'
  | 'too_weak'
  | 'proof'
  | 'unreachable'
  | 'settings';

export interface ProtocolFailure {
  readonly why: ProtocolRefusal;
  /** For whoever looks into it: no tokens, no codes. */
  readonly told: string;
}

/** A refusal that was decided here. */
export class OidcRefusal extends Error {
  readonly why: ProtocolRefusal;
  constructor(why: ProtocolRefusal, told: string) {
    super(told);
    this.why = why;
  }
}

const textOf = (error: object, name: string): string | undefined => {
  const value: unknown = (error as Record<string, unknown>)[name]; // an error of a library
  return typeof value === 'string' ? value.replaceAll(/[\p{Cc}]/gu, ' ').slice(0, 300) : undefined;
};

/** The innermost cause that has a code: of a connection that failed, such as ECONNREFUSED. */
export function causeCode(error: unknown): string | undefined {
  let code: string | undefined;
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1)
    code = textOf(at, 'code') ?? code;
  return code;
}

/** Of the token endpoint: that it does not know us. The others speak of this one sign-in. */
const aboutUs = new Set(['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope']);

export function failureOf(error: unknown): ProtocolFailure {
  if (error instanceof OidcRefusal) return { why: error.why, told: error.message };
  if (error instanceof TielineError) return { why: 'settings', told: error.message };
  if (!(error instanceof Error)) return { why: 'proof', told: 'an unknown failure' };
  const [code, oauth, said] = [
    textOf(error, 'code'),
    textOf(error, 'error'),
    textOf(error, 'error_description'),
  ];
  const told = [oauth, said, oauth === undefined ? messageOf(error) : undefined, reasonOf(error)]
    .filter((each) => each !== undefined)
    .join(': ');
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR')
    return { why: aboutUs.has(oauth ?? '') ? 'settings' : 'cancelled', told };
  if (oauth !== undefined) return { why: aboutUs.has(oauth) ? 'settings' : 'proof', told };
  return { why: isOfConnection(error) ? 'unreachable' : 'proof', told };
}

/** What the library compared, without what came: a claim may hold what is not for the log. */
function reasonOf(error: Error): string | undefined {
  const { cause } = error;
  if (!(cause instanceof Error)) return undefined;
  const inner: unknown = cause.cause;
  const claim = typeof inner === 'object' && inner !== null ? textOf(inner, 'claim') : undefined;
  return claim === undefined ? cause.message.slice(0, 300) : `${cause.message.slice(0, 300)} (${claim})`;
}

/** Whether nothing came back, or nothing that is of this protocol. */
export function isOfConnection(error: unknown): boolean {
  const code = causeCode(error) ?? '';
  return (
    ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'].includes(
      code,
    ) ||
    /^(E[A-Z]{4,}|UND_ERR_\w+|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/.test(
      code,
    )
  );
}
