/**
 * Where the master key comes from: TIELINE_MASTER_KEY, else the file of TIELINE_MASTER_KEY_FILE, else a file in the data
 * directory that is generated at first use. During a rotation the next key is kept beside the present one
 * (`master.key.next`) until the database is sealed with it; if that is cut short, both open.
 */
import { randomBytes } from 'node:crypto';
import { chmod, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type MasterKey, masterKeyFrom } from '../../engine/connections/index.ts';
import type { SettingsByName } from '../../platform/config/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { Secret } from '../../platform/values/index.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';

type KeySettings = Pick<SettingsByName, 'masterKey' | 'masterKeyFile' | 'dataDir'>;

const newKey = (): Secret => new Secret(randomBytes(32).toString('base64'));

/**
 * The keys, the present one first.
 * @param sealedWith the ids of the keys that sealed what the database holds. Where there are some, no new key is made: it
 *   could open nothing, and no one would notice until the next run failed.
 * @throws TielineError SETTING_INVALID if the one that is set cannot be used, or none is there that is needed.
 */
export async function loadMasterKeys(
  settings: KeySettings,
  sealedWith: () => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<[MasterKey, ...MasterKey[]]> {
  if (settings.masterKey !== undefined) return [masterKeyFrom(new Secret(settings.masterKey))];
  const path = settings.masterKeyFile ?? join(settings.dataDir, 'master.key');
  const next = await readKeyFile(`${path}.next`);
  const present = await readKeyFile(path);
  if (present) return next ? [present, next] : [present];
  if (settings.masterKeyFile !== undefined)
    throw new TielineError('SETTING_INVALID', `The master key file ${path} does not exist or is empty.`, {
      fields: [
        { field: 'TIELINE_MASTER_KEY_FILE', message: 'must name a file with 32 random bytes in base64' },
      ],
    });
  const ids = await sealedWith();
  if (ids.length > 0)
    throw new TielineError(
      'SETTING_INVALID',
      `The secrets in this database were sealed with the key ${ids.join(' and ')}, and there is no key here: ${resolve(path)} does not exist.`,
      {
        remedy: `Name the key with TIELINE_MASTER_KEY_FILE or TIELINE_MASTER_KEY, or the directory that it lies in with TIELINE_DATA_DIR. If it is lost for good: (umask 077; mkdir -p ${resolve(dirname(path))}; openssl rand -base64 32 > ${resolve(path)}), then enter each secret again with \`tieline connections set NAME --secret SECRET\`.`,
      },
    );
  await writeKeyFile(path, newKey());
  const made = await readKeyFile(path);
  if (!made) throw new TielineError('INTERNAL', `The master key ${path} was written and is not there.`);
  return [made];
}

export interface KeyRotation {
  readonly next: MasterKey;
  /** Makes the next key the present one; to be called when everything is sealed with it. */
  complete(): Promise<void>;
  /** Says where the next key is, for the person. */
  readonly place: string;
}

/**
 * Prepares a rotation. With the key in a file, the next one is generated beside it; with the key in the environment,
 * the next one must be given in TIELINE_NEW_MASTER_KEY, since Tieline cannot change an environment.
 */
export async function prepareRotation(
  settings: KeySettings,
  given: Secret | undefined,
): Promise<KeyRotation> {
  if (settings.masterKey !== undefined) {
    if (!given)
      throw new TielineError(
        'SETTING_INVALID',
        'The present key comes from TIELINE_MASTER_KEY, so the new one must be given too.',
        {
          fields: [
            {
              field: 'TIELINE_NEW_MASTER_KEY',
              message: 'is missing; make one with `openssl rand -base64 32`',
            },
          ],
          remedy: 'Set TIELINE_NEW_MASTER_KEY, rotate, then put the new key in TIELINE_MASTER_KEY.',
        },
      );
    return {
      next: masterKeyFrom(given),
      complete: () => Promise.resolve(),
      place: 'set TIELINE_MASTER_KEY to the new key from now on',
    };
  }
  const path = settings.masterKeyFile ?? join(settings.dataDir, 'master.key');
  const nextPath = `${path}.next`;
  // One left by a rotation that was cut short may have sealed values already: continue with it.
  const left = await readKeyFile(nextPath);
  if (!left) await writeKeyFile(nextPath, given ?? newKey());
  const next = left ?? (await readKeyFile(nextPath));
  if (!next) throw new TielineError('INTERNAL', `The master key ${nextPath} was written and is not there.`);
  return {
    next,
    place: `the new key is in ${path}`,
    async complete() {
      await rename(nextPath, path);
      await chmod(path, 0o600);
      await rm(nextPath, { force: true });
    },
  };
}
