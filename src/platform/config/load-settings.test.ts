import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TielineError } from '../errors/tieline-error.ts';
import { loadSettings } from './load-settings.ts';

const nowhere = { flags: {}, env: {}, workingDir: mkdtempSync(join(tmpdir(), 'tieline-config-')) };

function faultsOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof TielineError) return error.fields;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  it('settings have defaults for all that is not required', () => {
    expect(loadSettings(nowhere)).toMatchObject({
      dataDir: '.tieline',
      logLevel: 'warn',
      databaseUrl: undefined,
      readerDatabaseUrl: undefined,
    });
  });

  it('settings come from a flag before the environment before the config file', () => {
    const workingDir = mkdtempSync(join(tmpdir(), 'tieline-config-'));
    writeFileSync(
      join(workingDir, 'tieline.yaml'),
      'data_dir: from-file\nlog_level: debug\nrequest_attempts: 3\n',
    );
    const settings = loadSettings({
      workingDir,
      env: { TIELINE_DATA_DIR: 'from-env', TIELINE_LOG_LEVEL: 'error' },
      flags: { dataDir: 'from-flag' },
    });
    expect(settings).toMatchObject({ dataDir: 'from-flag', logLevel: 'error', requestAttempts: 3 });
  });

  it('settings name every wrong setting at once, with the rule and an example', () => {
    const faults = faultsOf(() =>
      loadSettings({ ...nowhere, env: { TIELINE_LOG_LEVEL: 'loud', TIELINE_CONNECT_TIMEOUT_MS: 'soon' } }),
    );
    expect(faults.map((fault) => fault.field)).toEqual(['TIELINE_LOG_LEVEL', 'TIELINE_CONNECT_TIMEOUT_MS']);
    expect(faults[0]?.message).toContain('"loud"');
    expect(faults[1]?.message).toContain('for example: 10000');
  });

  it('settings never repeat the value of a wrong secret', () => {
    const faults = faultsOf(() =>
      loadSettings({ ...nowhere, env: { DATABASE_URL: 'mysql://root:hunter2@db' } }),
    );
    expect(faults[0]?.field).toBe('DATABASE_URL');
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it('settings refuse a key in the config file that is not a setting', () => {
    const configFile = join(mkdtempSync(join(tmpdir(), 'tieline-config-')), 'other.yaml');
    writeFileSync(configFile, 'data_dri: /tmp\n');
    expect(faultsOf(() => loadSettings({ ...nowhere, configFile }))[0]?.field).toContain('data_dri');
  });

  it('settings refuse a config file that was asked for and is not there', () => {
    expect(() => loadSettings({ ...nowhere, configFile: '/nowhere/tieline.yaml' })).toThrow(
      'could not be read',
    );
  });
});
