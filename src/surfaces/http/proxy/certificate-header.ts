/** Pure: the certificate of a client, as a proxy writes it into a header: RFC 9440 (`:base64:`), or the PEM, URL-escaped. */
import type { IncomingHttpHeaders } from 'node:http';

export type HeaderCertificate =
  | { readonly kind: 'none' }
  | { readonly kind: 'certificate'; readonly der: Buffer }
  | { readonly kind: 'refused'; readonly why: 'unreadable' | 'twice' | 'proxy_not_verified' };

const mostLetters = 128 * 1024;
const base64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

function derOf(text: string, isStandard: boolean): Buffer | undefined {
  const inner = isStandard ? /^\s*:([^:]*):\s*$/.exec(text)?.[1] : pemIn(text);
  return inner !== undefined && base64.test(inner) ? Buffer.from(inner, 'base64') : undefined;
}

/** One certificate, and nothing beside it. */
function pemIn(text: string): string | undefined {
  let plain: string;
  try {
    // A `+` stands for itself: this is no form.
    plain = decodeURIComponent(text);
  } catch {
    return undefined;
  }
  return /^\s*-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----\s*$/.exec(plain)?.[1];
}

/** @param header in lower case. */
export function certificateInHeader(
  headers: IncomingHttpHeaders,
  header: string,
  { cacProxyVerifyHeader }: { readonly cacProxyVerifyHeader: string },
): HeaderCertificate {
  const text = headers[header];
  const verified = headers[cacProxyVerifyHeader];
  if (Array.isArray(text) || Array.isArray(verified)) return { kind: 'refused', why: 'twice' };
  if (text === undefined || text.trim() === '') return { kind: 'none' };
  const isStandard = header === 'client-cert';
  // Several of one name are joined by commas; neither form has one.
  if (text.includes(',')) return { kind: 'refused', why: 'twice' };
  // Client-Cert is sent of verified certificates only (RFC 9440, section 2.2); where the proxy says more, it must be this.
  if (verified === undefined ? !isStandard : verified !== 'SUCCESS')
    return { kind: 'refused', why: 'proxy_not_verified' };
  const der = text.length > mostLetters ? undefined : derOf(text, isStandard);
  return der ? { kind: 'certificate', der } : { kind: 'refused', why: 'unreadable' };
}
