/**
 * The composition root: the one place that knows every part. Started by bin/tieline.js on our own Node. What opens a database, and
 * what names a vendor, is loaded by the commands that need it; --help needs neither.
 */
import { type CommandHost, placeIn, runCommandLine, showError } from '../surfaces/cli/index.ts';
import { asInterruption, endOfWork, watchOutput } from './end-of-work.ts';
import { migrationsFolder, readVersion } from './project.ts';

const terminal = { in: process.stdin, out: process.stdout, err: process.stderr, env: process.env };
const signal = endOfWork();

const host: CommandHost = {
  version: readVersion(),
  terminal,
  signal,
  loadModules: async () => (await import('./connectors.ts')).connectorModules,
  async withApp(flags, work, options = {}) {
    const { openFor } = await import('./workspace.ts');
    const workspace = await openFor(flags, { signal, ...options });
    try {
      return await work(workspace.app);
    } finally {
      await workspace.close();
    }
  },
  async withDatabase(flags, work) {
    const { openDatabaseFor } = await import('./workspace.ts');
    const opened = await openDatabaseFor(flags, { signal });
    try {
      return await work({ pool: opened.database.pool, migrationsFolder });
    } finally {
      await opened.close();
    }
  },
  rotateSecrets: async (flags) => (await import('./rotate-secrets.ts')).rotateSecrets(flags),
  async runDemo(flags) {
    const [{ runDemo }, { settingsFor }] = await Promise.all([
      import('./demo.ts'),
      import('./command-settings.ts'),
    ]);
    const explicitDataDir = flags.dataDir !== undefined || process.env['TIELINE_DATA_DIR'] !== undefined;
    return runDemo({ flags, settings: settingsFor(flags), terminal, signal, explicitDataDir });
  },
  serve: async (flags) => (await import('./serve.ts')).serve(flags, { terminal, signal }),
};

const args = process.argv.slice(2);
const output = watchOutput(process.stdout, process.stderr);
try {
  process.exitCode = await runCommandLine(host, args);
  await output.settled();
} catch (error) {
  process.exitCode = showError(asInterruption(error, signal), {
    terminal,
    json: args.includes('--json'),
    place: placeIn(args),
  });
}
// Nothing that a library left open may keep a finished command from ending; output is flushed by then.
await output.settled().catch(() => (process.exitCode ||= 1));
process.exit();
