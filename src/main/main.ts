/** The composition root: the one place that knows every part. Started by bin/tieline.js on our own Node. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkSecretsReadable } from '../app/connections/sealing-keys.ts';
import { createSecretBox, masterKeyFrom } from '../app/connections/secret-box.ts';
import { resealSecrets } from '../app/connections/systems.ts';
import type { CommandHost, GlobalFlags } from '../cli/kit/command-context.ts';
import { runCommandLine } from '../cli/command-line.ts';
import { showError } from '../cli/kit/show-error.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { SettingsByName } from '../config/settings-table.ts';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import { Secret } from '../model/secret.ts';
import { connectorModules } from './connectors.ts';
import { runDemo } from './demo.ts';
import { asInterruption, endOfWork, watchOutput } from './end-of-work.ts';
import { createLogger } from './logger.ts';
import { loadMasterKeys, prepareRotation } from './master-key.ts';
import { migrationsFolder, openDatabaseOnly, openWorkspace, projectDir } from './workspace.ts';

/** @throws SETTING_INVALID where the directory that the command was started in was removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new TielineError('SETTING_INVALID', 'The directory that this command was started in is gone.', {
      cause,
      remedy: 'Change to one that is there (cd), and run the command again.',
    });
  }
}

function settingsFor(flags: GlobalFlags): SettingsByName {
  return loadSettings({
    env: process.env,
    flags: {
      ...(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir }),
      ...(flags.logLevel === undefined ? {} : { logLevel: flags.logLevel }),
    },
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
    ...(flags.usualLogLevel === undefined ? {} : { usual: { logLevel: flags.usualLogLevel } }),
    workingDir: workingDirectory(),
  });
}

const manifest: unknown = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8'));
const version =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
const terminal = { in: process.stdin, out: process.stdout, err: process.stderr, env: process.env };
const signal = endOfWork();

const host: CommandHost = {
  version,
  modules: connectorModules,
  terminal,
  signal,
  async withApp(flags, work, options = {}) {
    const settings = settingsFor(flags);
    const workspace = await openWorkspace(settings, createLogger(settings.logLevel), { signal, ...options });
    try {
      return await work(workspace.app);
    } finally {
      await workspace.close();
    }
  },
  async withDatabase(flags, work) {
    const settings = settingsFor(flags);
    const opened = await openDatabaseOnly(settings, createLogger(settings.logLevel), { signal });
    try {
      return await work({ pool: opened.database.pool, migrationsFolder });
    } finally {
      await opened.close();
    }
  },
  async rotateSecrets(flags) {
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
        workspace.app.pool,
        createSecretBox([...keys, rotation.next]),
        createSecretBox([rotation.next]),
      );
      await rotation.complete();
      return { secrets, keyId: rotation.next.id, place: rotation.place };
    } finally {
      await workspace.close();
    }
  },
  runDemo: (flags) =>
    runDemo({
      flags,
      settings: settingsFor(flags),
      terminal,
      signal,
      explicitDataDir: flags.dataDir !== undefined || process.env['TIELINE_DATA_DIR'] !== undefined,
    }),
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

const args = process.argv.slice(2);
const output = watchOutput(process.stdout, process.stderr);
try {
  process.exitCode = await runCommandLine(host, args);
  await output.settled();
} catch (error) {
  process.exitCode = showError(asInterruption(error, signal), { terminal, json: args.includes('--json') });
}
// Nothing that a library left open may keep a finished command from ending; output is flushed by then.
await output.settled().catch(() => (process.exitCode ||= 1));
process.exit();
