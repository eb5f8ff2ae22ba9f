import { readFile } from 'node:fs/promises';
import { messageOf, TielineError } from '../platform/errors/index.ts';
import { parseAuthorities } from '../platform/http/index.ts';

/**
 * The PEM text of the certificates in the file that a setting names.
 * @throws TielineError SETTING_INVALID where it cannot be read, holds no certificate, one that is broken, or a private key.
 */
export async function readAuthorities(path: string, setting = 'TIELINE_CA_FILE'): Promise<string> {
  const wrong = (message: string, cause?: unknown): TielineError =>
    new TielineError('SETTING_INVALID', 'A setting is wrong.', {
      cause,
      fields: [{ field: setting, message: `${path} ${message}` }],
      remedy:
        'Name the PEM file with the certificate of the authority that signed what is to be trusted; nothing was done.',
    });
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw wrong(`could not be read: ${messageOf(error)}`, error);
  });
  const parsed = parseAuthorities(text);
  if (parsed.kind === 'wrong') throw wrong(parsed.wrong, parsed.cause);
  return parsed.pem;
}
