/** The offline package, as an operator of a closed network gets it: in a root with nothing but a C library, a shell and an account. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDir } from '../support/command.ts';

const mayUnshare =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true']).status === 0;
const why = mayUnshare ? '' : ' (skipped: needs root and unshare)';

let folder: string;
let root: string;
let archive: string;

/** Runs a command in the empty root. */
const inRoot = (env: Readonly<Record<string, string>>, ...command: string[]) =>
  spawnSync(join(import.meta.dirname, 'in-empty-root.sh'), [root, ...command], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: '/home', ...env },
    timeout: 170_000,
  });

describe.runIf(mayUnshare)(`the offline package${why}`, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tieline-package-'));
    root = join(folder, 'root');
    const made = spawnSync(process.execPath, [join(projectDir, 'tools/package.ts'), folder], {
      encoding: 'utf8',
    });
    if (made.status !== 0) throw new Error(made.stderr);
    [archive = ''] = globSync(join(folder, '*.tar.gz'));
    spawnSync('mkdir', ['-p', root]);
    spawnSync('tar', ['-xzf', archive, '-C', root]);
    renameSync(globSync(join(root, 'tieline-*'))[0] ?? '', join(root, 'tieline'));
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('the package is below 300 MB, names its parts, and its checksums hold', () => {
    expect(statSync(archive).size).toBeLessThan(300 * 1024 * 1024);
    const checked = spawnSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], {
      cwd: join(root, 'tieline'),
      encoding: 'utf8',
    });
    expect(checked.stdout + checked.stderr).toBe('');
    const sbom = JSON.parse(readFileSync(join(root, 'tieline/sbom.json'), 'utf8')) as {
      components: unknown[];
    };
    expect(sbom.components.length).toBeGreaterThan(100);
    for (const left of ['node_modules/vitest', 'node_modules/vite', 'package-lock.json', 'test'])
      expect(existsSync(join(root, 'tieline', left)), left).toBe(false);
  });

  it('the demo runs as an ordinary user without a network', () => {
    const run = inRoot(
      { TIELINE_DATA_DIR: '/home/demo' },
      '/tieline/bin/tieline',
      'demo',
      '--once',
      '--json',
    );
    expect(run.status, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      secondSync: { written: 0 },
    });
  }, 180_000);

  it('serve answers with the console and the API', () => {
    writeFileSync(
      join(root, 'tieline/ask.mjs'),
      `import { spawn } from 'node:child_process';
const child = spawn('/tieline/bin/tieline', ['serve', '--worker', '--port', '7600'], { stdio: ['ignore', 'inherit', 'pipe'] });
let said = '';
child.stderr.on('data', (text) => {
  said += text;
  if (!said.includes('http://127.0.0.1:7600')) return;
  child.stderr.removeAllListeners('data');
  void ask();
});
child.on('exit', (code) => { process.stderr.write(said); process.exit(code ?? 1); });
async function ask() {
  const page = await fetch('http://127.0.0.1:7600/');
  const script = /src="(\\/static\\/[^"]+\\.js)"/.exec(await page.text())?.[1];
  const statuses = [page.status];
  for (const path of [script, '/healthz', '/api/v1/me/bootstrap']) statuses.push((await fetch('http://127.0.0.1:7600' + path)).status);
  process.stdout.write(JSON.stringify(statuses));
  child.removeAllListeners('exit');
  child.on('exit', () => process.exit(0));
  child.kill('SIGINT');
}`,
    );
    const run = inRoot(
      { TIELINE_DATA_DIR: '/home/served' },
      '/tieline/node_modules/node/bin/node',
      '/tieline/ask.mjs',
    );
    expect(run.stdout, run.stderr).toBe('[200,200,200,401]');
  }, 180_000);
});
