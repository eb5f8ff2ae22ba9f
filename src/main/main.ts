/** The composition root: the one place that knows every part. Started by bin/tieline.js on our own Node. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkSecretsReadable } from '../app/connections/sealing-keys.ts';
import { createSecretBox, masterKeyFrom } from '../app/connections/secret-box.ts';
import { resealSecrets } from '../app/connections/systems.ts';
import type { CommandHost, GlobalFlags } from '../cli/command-context.ts';
import { runCommandLine } from '../cli/command-line.ts';
import { showError } from '../cli/show-error.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { SettingsByName } from '../config/settings-table.ts';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import { Secret } from '../model/secret.ts';
import { connectorModules } from './connectors.ts';
import { runDemo } from './demo.ts';
import { createLogger } from './logger.ts';
import { loadMasterKeys, prepareRotation } from './master-key.ts';
import { migrationsFolder, openDatabaseOnly, openWorkspace, projectDir } from './workspace.ts';

function settingsFor(flags: GlobalFlags): SettingsByName {
  return loadSettings({
    env: process.env,
    flags: {
      ...(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir }),
      ...(flags.logLevel === undefined ? {} : { logLevel: flags.logLevel }),
    },
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
    workingDir: process.cwd(),
  });
}

/**
 * Aborts on Ctrl-C and SIGTERM, and when the process that started us is gone without having said so (the launcher
 * of bin/tieline.js, or npm). A second Ctrl-C ends at once; the database supervisor then cleans up by itself.
 */
function endOfWork(): AbortSignal {
  const controller = new AbortController();
  const end = (reason: string): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new TielineError('INTERRUPTED', reason));
  };
  process.on('SIGINT', () => end('Interrupted.'));
  process.on('SIGTERM', () => end('Told to end.'));
  process.on('SIGHUP', () => end('The terminal is gone.'));
  const parentGone = (): void => {
    if (!controller.signal.aborted) end('The process that started Tieline is gone.');
  };
  if (process.channel) {
    process.on('disconnect', parentGone);
    process.channel.unref();
  } else if (process.env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && parentGone(), 1000).unref();
  }
  return controller.signal;
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

// Output to a pipe whose reader is gone (`| head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const args = process.argv.slice(2);
try {
  process.exitCode = await runCommandLine(host, args);
} catch (error) {
  process.exitCode = showError(error, { terminal, json: args.includes('--json') });
}
// Nothing that a library left open may keep a finished command from ending; output is flushed by then.
process.stdout.write('', () => process.exit());
