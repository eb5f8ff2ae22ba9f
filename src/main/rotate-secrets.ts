/** `tieline secrets rotate`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  checkSecretsReadable,
  createSecretBox,
  masterKeyFrom,
  resealSecrets,
} from '../engine/connections/index.ts';
import type { CommandHost } from '../surfaces/cli/index.ts';
import { messageOf, TielineError } from '../platform/errors/index.ts';
import { Secret } from '../platform/values/index.ts';
import { settingsFor } from './command-settings.ts';
import { createLogger } from './logger.ts';
import { loadMasterKeys, prepareRotation } from './master-key.ts';
import { openWorkspace } from './workspace.ts';

/** Seals every secret with a new key. @throws TielineError SETTING_INVALID where a secret cannot be read, or no key given. */
export const rotateSecrets: CommandHost['rotateSecrets'] = async (flags) => {
  const settings = settingsFor(flags);
  const workspace = await openWorkspace(settings, createLogger(settings.logLevel));
  try {
    const given =
      flags.newKeyFile === undefined ? process.env['TIELINE_NEW_MASTER_KEY'] : readNewKey(flags.newKeyFile);
    const newKey = given === undefined ? undefined : new Secret(given);
    const keys = await loadMasterKeys(settings);
    // Before the next key is written: one that is left behind would look like a rotation that was cut short.
    await checkSecretsReadable(
      workspace.app.db,
      createSecretBox(newKey === undefined ? keys : [...keys, masterKeyFrom(newKey)]),
    );
    const rotation = await prepareRotation(settings, newKey);
    const secrets = await resealSecrets(
      workspace.app.store,
      createSecretBox([...keys, rotation.next]),
      createSecretBox([rotation.next]),
    );
    await rotation.complete();
    return { secrets, keyId: rotation.next.id, place: rotation.place };
  } finally {
    await workspace.close();
  }
};

function readNewKey(path: string): string {
  try {
    return readFileSync(resolve(path), 'utf8');
  } catch (error) {
    throw new TielineError(
      'SETTING_INVALID',
      `The new key file ${path} could not be read: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
