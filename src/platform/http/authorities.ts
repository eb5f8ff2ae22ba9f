import { X509Certificate } from 'node:crypto';
import { messageOf } from '../errors/index.ts';

const certificate =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

export type ParsedAuthorities =
  | { readonly kind: 'parsed'; readonly pem: string; readonly subjects: readonly string[] }
  /** `wrong` continues the name of the file. */
  | { readonly kind: 'wrong'; readonly wrong: string; readonly cause?: unknown };

/** Pure: the certificates of a PEM file. Node takes any text for an authority and then trusts nothing more, so what is in it is looked at. */
export function parseAuthorities(text: string): ParsedAuthorities {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return { kind: 'wrong', wrong: 'holds a private key: that belongs to a server, and nowhere else' };
  const found = text.match(certificate) ?? [];
  if (found.length === 0)
    return { kind: 'wrong', wrong: 'holds no certificate (-----BEGIN CERTIFICATE-----)' };
  const subjects: string[] = [];
  for (const [index, pem] of found.entries())
    try {
      subjects.push(new X509Certificate(pem).subject.replaceAll('\n', ', '));
    } catch (cause) {
      return {
        kind: 'wrong',
        wrong: `: certificate ${index + 1} of ${found.length} is broken: ${messageOf(cause)}`,
        cause,
      };
    }
  return { kind: 'parsed', pem: found.join('\n'), subjects };
}
