/**
 * The token by which an identity provider says that a person was signed out there (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6), read and
 * verified. openid-client verifies the tokens that we ask for, and has nothing for one that comes by itself; so the signature is checked here, by
 * Node's own crypto, with the algorithms that are also believed of id tokens.
 */
import { constants, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { z } from 'zod';
import { type BelievedAlgorithm, believedAlgorithms, skewSeconds } from './provider.ts';

/** A token is believed for so long after it was made. */
const believedSeconds = 120;
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

const header = z.object({
  alg: z.enum(believedAlgorithms, 'is not signed in a way that is believed'),
  kid: z.string().max(500).optional(),
  /** Some providers leave it out or say JWT. */
  typ: z
    .string()
    .regex(/^(application\/)?(logout\+jwt|jwt)$/i, 'is of another type')
    .optional(),
  crit: z.undefined('asks for extensions that are not known').optional(),
});
const payload = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  iat: z.number(),
  exp: z.number().optional(),
  jti: z.string().min(1).max(500),
  events: z.object({ [logoutEvent]: z.looseObject({}) }),
  sub: z.string().max(500).optional(),
  sid: z.string().max(500).optional(),
  nonce: z.undefined('must not be there').optional(),
});

export interface LogoutToken {
  readonly tokenId: string;
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  /** Until then it would be believed, and is kept from being used again. */
  readonly expiresAt: Date;
}

export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly at: Date;
}

export type PublicKeys = readonly (JsonWebKey & {
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
})[];

/** @throws Error that says what does not hold, without what came. */
export function readLogoutToken(token: string, keys: PublicKeys, expected: Expected): LogoutToken {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  if (signature === '' || more.length > 0) throw new Error('it is not a signed token');
  const { alg, kid } = parsed(header, head, 'header');
  const fitting = keys.filter(
    (key) => fits(key, alg) && (kid === undefined || key.kid === undefined || key.kid === kid),
  );
  if (fitting.length === 0) throw new Error('no key of the provider fits it');
  const signed = Buffer.from(`${head}.${body}`);
  if (!fitting.some((key) => isSigned(signed, Buffer.from(signature, 'base64url'), { key, alg })))
    throw new Error('its signature does not hold');
  return claimsOf(body, expected);
}

/** Pure. @throws what does not hold of the claims. */
function claimsOf(body: string, { issuer, clientId, at }: Expected): LogoutToken {
  const { iss, aud, iat, exp, jti, sub, sid } = parsed(payload, body, 'claim');
  const now = at.getTime() / 1000;
  if (iss !== issuer) throw new Error('it is of another issuer');
  if (!(typeof aud === 'string' ? [aud] : aud).includes(clientId))
    throw new Error('it is for another client');
  if (iat > now + skewSeconds) throw new Error('it was made in the future: compare the clocks');
  if (iat < now - believedSeconds - skewSeconds || (exp !== undefined && exp < now - skewSeconds))
    throw new Error('it is too old');
  if (sub === undefined && sid === undefined) throw new Error('it names neither a person nor a session');
  const until = iat + believedSeconds + 2 * skewSeconds;
  return { tokenId: jti, subject: sub, sid, expiresAt: new Date(until * 1000) };
}

function parsed<T>(shape: z.ZodType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw new Error(`its ${what} is no JSON`);
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`its ${what} ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`);
}

const curves: Readonly<Partial<Record<BelievedAlgorithm, string>>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
};

/** A key of another kind is never tried: a public key is no secret of an HMAC, nor one of RSA for a curve. */
const fits = (key: PublicKeys[number], alg: BelievedAlgorithm): boolean =>
  (alg.startsWith('ES') ? key.kty === 'EC' && key.crv === curves[alg] : key.kty === 'RSA') &&
  (key.use === undefined || key.use === 'sig') &&
  (key.alg === undefined || key.alg === alg);

function isSigned(
  signed: Buffer,
  signature: Buffer,
  { key, alg }: { readonly key: JsonWebKey; readonly alg: BelievedAlgorithm },
): boolean {
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const how = alg.startsWith('ES')
    ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
    : alg.startsWith('PS')
      ? {
          key: publicKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        }
      : publicKey;
  return verify(`sha${alg.slice(2)}`, signed, how, signature);
}
