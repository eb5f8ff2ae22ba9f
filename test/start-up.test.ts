import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { globalOptions } from '../src/surfaces/cli/kit/build-program.ts';
import { commandGroups } from '../src/surfaces/cli/catalogue.ts';
import { isNoun, type CommandSpec, type NounSpec } from '../src/surfaces/cli/kit/command.ts';

const projectDir = join(import.meta.dirname, '..');

/**
 * Every file that is loaded as a module, ours and those of packages (each counts as one), from bin/tieline.js on; what is built into
 * Node does not count, and neither does this hook.
 */
const listLoaded = `
import { registerHooks } from 'node:module';
const loaded = new Set();
registerHooks({ load: (url, context, next) => { if (url.startsWith('file:')) loaded.add(url); return next(url, context); } });
process.on('exit', () => process.stderr.write(JSON.stringify([...loaded])));`;

function modulesOf(...args: string[]): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(listLoaded)}`;
  const { stderr, status } = spawnSync(
    process.execPath, // our own Node: the tests run on it
    ['--import', hook, join(projectDir, 'bin/tieline.js'), ...args],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stderr) as string[];
}

describe('what a command loads', () => {
  it('tieline --help loads fewer than 40 modules', () => {
    expect(modulesOf('--help').length).toBeLessThan(40);
  });

  it('the help of one noun loads words of the product at most, and no other noun', () => {
    const loaded = modulesOf('conflicts', '--help').map((url) =>
      url.slice(url.indexOf(projectDir) + projectDir.length),
    );
    expect(
      loaded.filter((file) =>
        /^\/src\/(canonical\/(?!vocabulary\/)|ledger|connectors|record|engine|modules|runs|review|operate|contract)/.test(
          file,
        ),
      ),
    ).toEqual([]);
    expect(loaded.filter((file) => file.endsWith('.command.ts'))).toEqual([
      '/src/surfaces/cli/decisions/conflicts.command.ts',
    ]);
  });
});

describe('the declarations of commands', () => {
  it('the command declarations name an action that can be loaded for every command, and give every command and option a description', async () => {
    const check = async (path: string, spec: CommandSpec | NounSpec): Promise<void> => {
      expect(spec.description, path).not.toBe('');
      if (isNoun(spec)) {
        for (const child of spec.commands) await check(`${path} ${child.name}`, child);
        return;
      }
      expect(await spec.action(), path).toBeTypeOf('function');
      const own = (spec.options ?? []).map((option) => option.flags);
      for (const option of spec.options ?? [])
        expect(option.description, `${path} ${option.flags}`).not.toBe('');
      // A flag of a command would hide the one of every command.
      expect(
        own.filter((flags) => globalOptions.some((global) => global.flags === flags)),
        path,
      ).toEqual([]);
    };
    for (const { entries } of commandGroups)
      for (const { name, description, load } of entries)
        await check(name, { ...(await load()), name, description });
  }, 60_000); // it loads the whole product
});
