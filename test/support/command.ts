import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export const projectDir = join(import.meta.dirname, '../..');

export interface CommandOutcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Settings of the test run itself must not leak into the command. */
export const ownSettings = [
  'DATABASE_URL',
  'TIELINE_DATA_DIR',
  'TIELINE_MASTER_KEY',
  'TIELINE_CONFIG',
  'npm_lifecycle_event',
  'FORCE_COLOR',
  'NO_COLOR',
  'CI',
];

/** Runs `tieline …` as a process, as a user's shell would, without a terminal. */
export async function tieline(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  started: (child: ChildProcess) => void = () => undefined,
): Promise<CommandOutcome> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ownSettings.includes(name)),
  );
  const child = spawn(process.execPath, [join(projectDir, 'bin/tieline.js'), ...args], {
    cwd: projectDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...env },
  });
  started(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
