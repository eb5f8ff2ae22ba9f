/** `tieline secrets rotate`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  checkSecretsReadable,
  createSecretBox,
  masterKeyFrom,
  resealSecrets,
} from '../engine/connections/index.ts';
import { checkChannelSecrets, resealChannels } from '../modules/alerts/index.ts';
import {
  checkFactorSecrets,
  recordLocalCommand,
  resealFactors,
  resealIdTokens,
} from '../operate/accounts/index.ts';
import type { CommandHost } from '../surfaces/cli/index.ts';
import { messageOf, TielineError } from '../platform/errors/index.ts';
import { Secret } from '../platform/values/index.ts';
import { settingsFor } from './command-settings.ts';
import { createLogger } from './logger.ts';
import { loadMasterKeys, prepareRotation } from './keys/index.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Seals every secret with a new key, which is in the security log: what cannot be recorded does not happen. @throws TielineError SETTING_INVALID where a secret cannot be read, or no key given. */
export const rotateSecrets: CommandHost['rotateSecrets'] = async (flags) => {
  const settings = settingsFor(flags);
  const workspace = await openWorkspace(settings, createLogger(settings.logLevel));
  try {
    return await recordLocalCommand(workspace.app, { words: 'secrets rotate', account: flags.account }, () =>
      rotate(workspace.app, settings, flags),
    );
  } finally {
    await workspace.close();
  }
};

async function rotate(
  app: Workspace['app'],
  settings: ReturnType<typeof settingsFor>,
  flags: Parameters<CommandHost['rotateSecrets']>[0],
): ReturnType<CommandHost['rotateSecrets']> {
  const given =
    flags.newKeyFile === undefined ? process.env['TIELINE_NEW_MASTER_KEY'] : readNewKey(flags.newKeyFile);
  const newKey = given === undefined ? undefined : new Secret(given);
  const keys = await loadMasterKeys(settings);
  // Before the next key is written: one that is left behind would look like a rotation that was cut short.
  const present = createSecretBox(newKey === undefined ? keys : [...keys, masterKeyFrom(newKey)]);
  await checkSecretsReadable(app.db, present);
  await checkChannelSecrets(app.db, present);
  await checkFactorSecrets(app.db, present);
  const rotation = await prepareRotation(settings, newKey);
  const both = createSecretBox([...keys, rotation.next]);
  const next = createSecretBox([rotation.next]);
  const secrets =
    (await resealSecrets(app.store, both, next)) +
    (await resealChannels(app.store, both, next)) +
    (await resealFactors(app.store, both, next)) +
    (await resealIdTokens(app.store, both, next));
  await rotation.complete();
  return { secrets, keyId: rotation.next.id, place: rotation.place };
}

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
