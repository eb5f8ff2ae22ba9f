import { PassThrough, Writable } from 'node:stream';
import type { App } from '../../src/engine/run/app.ts';
import { runCommandLine } from '../../src/surfaces/cli/command-line.ts';
import type { CommandHost } from '../../src/surfaces/cli/kit/command-context.ts';
import * as contract from '../../src/contract/index.ts';
import { connectorModules } from '../../src/main/connectors.ts';
import { placeIn } from '../../src/surfaces/cli/kit/hint.ts';
import { showError } from '../../src/surfaces/cli/kit/show-error.ts';

export interface CommandOutcome {
  readonly code: number;
  /** What it printed on standard output, read as JSON; undefined where it printed nothing. */
  readonly json: unknown;
  readonly err: string;
}

export interface CommandText {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command with --json over a composed product, in this process: the command line itself, without its start-up. */
export async function commandOver(app: App, args: readonly string[]): Promise<CommandOutcome> {
  const { code, out, err } = await commandText(app, [...args, '--json']);
  return { code, json: out === '' ? undefined : JSON.parse(out), err };
}

/**
 * The same, with what it says to people.
 * @param app undefined where the command is to end before it opens anything.
 */
export async function commandText(app: App | undefined, args: readonly string[]): Promise<CommandText> {
  const written = { out: '', err: '' };
  const into = (name: keyof typeof written): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const terminal = { in: new PassThrough(), out: into('out'), err: into('err'), env: {} };
  const elsewhere = (): never => {
    throw new Error('this command is not run over a composed product');
  };
  const host: CommandHost = {
    version: 'test',
    loadModules: () => Promise.resolve(app?.modules ?? connectorModules),
    terminal,
    signal: new AbortController().signal,
    withApp: (_flags, work) => (app === undefined ? elsewhere() : work(app)),
    withDatabase: elsewhere,
    rotateSecrets: elsewhere,
    runDemo: elsewhere,
    serve: elsewhere,
    // Shapes are strict: a field that the contract does not name is a failure too.
    // oxlint-disable-next-line import/namespace -- the compiler holds the name to those that the contract has
    checkJson: (shape, printed) => void contract[shape].parse(printed),
  };
  let code: number;
  try {
    code = await runCommandLine(host, args);
  } catch (error) {
    code = showError(error, { terminal, json: args.includes('--json'), place: placeIn(args) });
  }
  return { code, ...written };
}
