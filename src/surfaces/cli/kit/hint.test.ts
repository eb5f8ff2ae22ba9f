import { describe, expect, it } from 'vitest';
import { commandGroups } from '../catalogue.ts';
import { placeIn, runnable } from './hint.ts';

describe('hints', () => {
  it('hints repeat the data directory and the config file that the person gave', () => {
    expect(runnable('Next: tieline sync run', { dataDir: '/var/lib/tl' })).toBe(
      'Next: tieline --data-dir /var/lib/tl sync run',
    );
    expect(runnable('see `tieline ops list`', { dataDir: 'my data', config: 'a.yaml' })).toBe(
      "see `tieline --data-dir 'my data' --config a.yaml ops list`",
    );
  });

  it('hints are found of every command that there is', () => {
    const names = commandGroups.flatMap(({ entries }) => entries.map(({ name }) => name));
    const repeated = (name: string) =>
      runnable(`tieline ${name} x`, { dataDir: 'd' }).includes('--data-dir d');
    expect(names.filter((name) => !repeated(name))).toEqual([]);
  });

  it('hints are left as they are where neither was given, and so is every other "tieline"', () => {
    expect(runnable('Next: tieline sync run', {})).toBe('Next: tieline sync run');
    const other = '/opt/tieline sync, npx-tieline sync, the database tieline and tieline itself';
    expect(runnable(other, { dataDir: 'd' })).toBe(other);
  });

  it('hints find the flags of a command line in both forms', () => {
    expect(placeIn(['sync', '--data-dir', 'a', 'run', '--config=b'])).toEqual({ dataDir: 'a', config: 'b' });
    expect(placeIn(['sync', 'run'])).toEqual({});
  });
});
