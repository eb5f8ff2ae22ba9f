import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileCacheIn } from '../bin/compile-cache.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tieline-cache-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const env = () => ({ XDG_CACHE_HOME: join(home, 'cache') });

describe('the place of compiled code', () => {
  it('the compile cache directory is what NODE_COMPILE_CACHE names, whatever else there is', () => {
    expect(compileCacheIn(home, { NODE_COMPILE_CACHE: '/elsewhere' })).toBe('/elsewhere');
  });

  it('the compile cache directory is beside the installation where this account may write there', () => {
    expect(compileCacheIn(home, env())).toBe(join(home, 'node_modules/.cache/compiled'));
  });

  it('a server has none: it starts once and would hold what it read all day', () => {
    expect(compileCacheIn(home, env(), 'serve')).toBeUndefined();
    expect(compileCacheIn(home, { NODE_COMPILE_CACHE: '/elsewhere' }, 'serve')).toBe('/elsewhere');
  });

  it("the compile cache directory is the account's own cache directory where everybody could write beside the installation", () => {
    const shared = join(home, 'node_modules/.cache/compiled');
    mkdirSync(shared, { recursive: true });
    chmodSync(shared, 0o777);
    expect(compileCacheIn(home, env())).toBe(join(home, 'cache/tieline/compiled'));
  });

  it('the compile cache directory does not exist where no directory can be made', () => {
    const nowhere = join(home, 'a file');
    writeFileSync(nowhere, '');
    expect(compileCacheIn(nowhere, { XDG_CACHE_HOME: nowhere })).toBeUndefined();
  });
});
