/**
 * Where the key of the security log comes from: the file of TIELINE_LOG_KEY_FILE, else `security-log.key` beside the file of the master key,
 * made at first use. A master key that is given in the environment has no place beside it: the key is derived from it then. The file may
 * hold earlier keys below the present one: they verify what was written under them.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createSecretBox, type MasterKey } from '../../engine/connections/index.ts';
import { type LogKey, logKeyOf } from '../../ledger/security/index.ts';
import type { SettingsByName } from '../../platform/config/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { Secret } from '../../platform/values/index.ts';
import { writeKeyFile } from './key-file.ts';

type KeySettings = Pick<SettingsByName, 'masterKey' | 'masterKeyFile' | 'logKeyFile' | 'dataDir'>;
type Keys = [LogKey, ...LogKey[]];

/** @throws TielineError SETTING_INVALID where the file cannot be read or made, or holds no keys. */
export async function loadLogKeys(
  settings: KeySettings,
  masterKeys: readonly [MasterKey, ...MasterKey[]],
): Promise<Keys> {
  if (settings.logKeyFile !== undefined) {
    const keys = await readLogKeys(settings.logKeyFile);
    if (keys) return keys;
    throw invalid(settings.logKeyFile, 'does not exist or is empty');
  }
  if (settings.masterKey !== undefined) {
    const [first, ...rest] = masterKeys.map((key) => logKeyOf(createSecretBox([key]).derive('security log')));
    if (first) return [first, ...rest];
  }
  const path = join(
    settings.masterKeyFile === undefined ? settings.dataDir : dirname(settings.masterKeyFile),
    'security-log.key',
  );
  const present = await readLogKeys(path);
  if (present) return present;
  await writeKeyFile(path, new Secret(randomBytes(32).toString('base64')), {
    what: 'key of the security log',
    setting: 'TIELINE_LOG_KEY_FILE',
  });
  const made = await readLogKeys(path);
  if (!made)
    throw new TielineError('INTERNAL', `The key of the security log ${path} was written and is not there.`);
  return made;
}

const invalid = (path: string, why: string, cause?: unknown): TielineError =>
  new TielineError('SETTING_INVALID', `The key file of the security log ${path} ${why}.`, {
    cause,
    fields: [
      { field: 'TIELINE_LOG_KEY_FILE', message: 'must name a file with 32 random bytes in base64 a line' },
    ],
  });

async function readLogKeys(path: string): Promise<Keys | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw invalid(path, `could not be read: ${messageOf(error)}`, error);
  }
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => Buffer.from(line, 'base64'));
  if (keys.some((bytes) => bytes.length !== 32))
    throw invalid(path, 'holds a line that is not 32 bytes in base64');
  const [first, ...rest] = keys.map(logKeyOf);
  return first ? [first, ...rest] : undefined;
}
