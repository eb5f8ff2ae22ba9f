import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuthorities } from './authorities.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tieline-ca-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});
async function read(text: string): Promise<string> {
  const path = join(home, 'ca.pem');
  await writeFile(path, text);
  return await readAuthorities(path);
}

describe('the file of further authorities', () => {
  it('the file of further authorities may hold several certificates with words between them', async () => {
    const two = rootCertificates.slice(0, 2);
    expect(await read(`Our authorities\n${two.join('\n# the second\n')}\n`)).toBe(two.join('\n'));
  });

  it('the setting that names the file is said, where it is another one', async () => {
    const path = join(home, 'programs.pem');
    await writeFile(path, 'just words');
    await expect(readAuthorities(path, 'client_ca_file')).rejects.toMatchObject({
      fields: [
        { field: 'client_ca_file', message: `${path} holds no certificate (-----BEGIN CERTIFICATE-----)` },
      ],
    });
  });

  it.each([
    [
      'a private key',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n',
      'holds a private key',
    ],
    ['no certificate', 'just words', 'holds no certificate'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'is broken'],
  ])('the file of further authorities is refused with %s', async (_what, text, says) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      fields: [{ field: 'TIELINE_CA_FILE', message: expect.stringContaining(says) as string }],
    });
  });
});
