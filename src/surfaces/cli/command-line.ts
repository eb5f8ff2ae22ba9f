/**
 * The command line: a tree of commands over the use cases. Facts go to standard output (`--json`: as JSON, with the shapes of
 * src/contract), everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage or settings,
 * 3 done with conflicts or held records.
 */
import { CommanderError } from 'commander';
import { shownOutput, TielineError } from '../../platform/errors/index.ts';
import { commandGroups } from './catalogue.ts';
import { buildProgram } from './kit/build-program.ts';
import type { CommandHost, CommandResult } from './kit/command-context.ts';

/**
 * Parses and carries out one command line.
 * @param args without the program's name.
 * @returns the exit code; errors of use come back as 2, other failures are thrown for the root to show.
 */
export async function runCommandLine(host: CommandHost, args: readonly string[]): Promise<number> {
  const result: CommandResult = { exitCode: 0 };
  const json = args.includes('--json');
  const program = await buildProgram({
    host,
    result,
    groups: commandGroups,
    // A value may be spelled like a command; then one more is loaded than is needed.
    isNamed: (name) => args.includes(name),
    wantsHelp: args.some((arg) => ['--help', '-h', 'help'].includes(arg)),
    // A program that reads JSON gets one object, and not the usage with it.
    writeErr: (text) => {
      if (!json) host.terminal.err.write(shownOutput(text));
    },
  });
  if (args.length === 0) {
    program.outputHelp();
    return 2;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return result.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const asked = ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(error.code);
    if (asked && error.exitCode === 0) return 0;
    if (json) throw usageError(error);
    return 2;
  }
}

/** What commander says about wrong usage, as the error that `--json` promises. */
function usageError(error: CommanderError): TielineError {
  const said = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  // Without a subcommand commander shows the help and has nothing to say.
  const message = error.code.startsWith('commander.help') ? 'A subcommand is missing.' : said;
  return new TielineError('USAGE', message);
}
