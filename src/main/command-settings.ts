import type { GlobalFlags, ServeFlags } from '../surfaces/cli/index.ts';
import { loadSettings, type SettingsByName } from '../platform/config/index.ts';
import { TielineError } from '../platform/errors/index.ts';
import { defined } from '../platform/values/index.ts';

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

/** The settings of a command: its flags, the environment, the config file. @throws TielineError SETTING_INVALID. */
export function settingsFor(flags: GlobalFlags & Partial<ServeFlags>): SettingsByName {
  return loadSettings({
    env: process.env,
    flags: defined({
      dataDir: flags.dataDir,
      logLevel: flags.logLevel,
      host: flags.host,
      port: flags.port,
      tlsCertificateFile: flags.tlsCert,
      tlsKeyFile: flags.tlsKey,
    }),
    ...defined({
      configFile: flags.config,
      usual: flags.usualLogLevel === undefined ? undefined : { logLevel: flags.usualLogLevel },
    }),
    workingDir: workingDirectory(),
  });
}
