import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf, TielineError } from '../platform/errors/index.ts';

const certificate =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/**
 * The PEM text of the certificates in a file (TIELINE_CA_FILE). Node takes any file for an authority and then trusts nothing more, so
 * what is in it is looked at here.
 * @throws TielineError SETTING_INVALID where it cannot be read, holds no certificate, one that is broken, or a private key.
 */
export async function readAuthorities(path: string): Promise<string> {
  const wrong = (message: string, cause?: unknown): TielineError =>
    new TielineError('SETTING_INVALID', 'A setting is wrong.', {
      cause,
      fields: [{ field: 'TIELINE_CA_FILE', message: `${path} ${message}` }],
      remedy:
        'Name the PEM file with the certificate of the authority that signed the servers; nothing was done.',
    });
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw wrong(`could not be read: ${messageOf(error)}`, error);
  });
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw wrong('holds a private key: that belongs to a server, and nowhere else');
  const found = text.match(certificate) ?? [];
  if (found.length === 0) throw wrong('holds no certificate (-----BEGIN CERTIFICATE-----)');
  for (const [index, pem] of found.entries())
    try {
      void new X509Certificate(pem);
    } catch (error) {
      throw wrong(`: certificate ${index + 1} of ${found.length} is broken: ${messageOf(error)}`, error);
    }
  return found.join('\n');
}
