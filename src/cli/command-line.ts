/**
 * The command line: a tree of commands over the use cases. Facts go to standard output (`--json`: as JSON, documented in
 * docs/cli.md), everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage or settings,
 * 3 done with conflicts or held records.
 */
import { Command, CommanderError, Option } from 'commander';
import { shownJson, shownOutput } from '../errors/shown-text.ts';
import { TielineError } from '../errors/tieline-error.ts';
import { fittedText, widthOf } from './kit/fitted-table.ts';
import { wholeNumber } from './kit/flags.ts';
import type { CommandContext, CommandHost, CommandResult, DemoFlags } from './kit/command-context.ts';
import { addAcceptancesCommands } from './records/acceptances.actions.ts';
import { addApprovalsCommands } from './decisions/approvals.actions.ts';
import { addAssetsCommands } from './records/assets.actions.ts';
import { addConnectionsCommands } from './connections/connections.actions.ts';
import { addConflictsCommands } from './decisions/conflicts.actions.ts';
import { addDbCommands } from './operate/db.actions.ts';
import { addDbStatusCommands } from './operate/db-status.actions.ts';
import { addImportCommand } from './records/import.actions.ts';
import { addLinksCommands } from './links/links.actions.ts';
import { addMappingsCommands } from './links/mappings.actions.ts';
import { addMatchesCommands } from './records/matches.actions.ts';
import { addOpsCommands } from './history/ops.actions.ts';
import { addOutboxCommands } from './decisions/outbox.actions.ts';
import { addPlanCommands } from './plans/plan.actions.ts';
import { addPoliciesCommands } from './decisions/policies.actions.ts';
import { addSecretsCommands } from './operate/secrets.actions.ts';
import { addScansCommands } from './records/scans.actions.ts';
import { addSchedulesCommands } from './operate/schedules.actions.ts';
import { addSyncCommands } from './sync/sync.actions.ts';
import { addWorkerCommand } from './operate/worker.actions.ts';

/** @param writeErr where usage errors go. */
function buildProgram(context: CommandContext, writeErr: (text: string) => void): Command {
  const { host } = context;
  const program = new Command('tieline')
    .description('Keeps Tenable and Xacta in agreement, in both directions, on PostgreSQL.')
    .version(host.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.terminal.out.write(text),
      writeErr,
    })
    .option(
      '--data-dir <dir>',
      'directory of the embedded database and the generated key (TIELINE_DATA_DIR; default .tieline)',
    )
    .option('--config <file>', 'YAML file of settings (TIELINE_CONFIG; default tieline.yaml if it is there)')
    .addOption(
      new Option(
        '--log-level <level>',
        'what is logged to standard error (TIELINE_LOG_LEVEL; default warn)',
      ).choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    )
    .option('--json', 'print facts as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 done with conflicts or held records.\nSee it work:  npm run demo\nSettings: docs/settings.md',
    );
  program
    .command('demo')
    .description('see the whole job done over two simulators and a database of its own')
    .option('--once', 'stop everything after the second sync instead of staying up', false)
    .option(
      '--recorded <dir>',
      'serve recorded Tenable exports (assets-chunk*.json, vulns-chunk*.json) instead of the invented world',
    )
    .option('--size <n>', 'how many times the invented world of 80 assets', wholeNumber(1, 200), 1)
    .option('--seed <n>', 'which invented world', wholeNumber(0, 2 ** 31 - 1), 1)
    .action(async (_options, command: Command) => {
      context.result.exitCode = await host.runDemo(command.optsWithGlobals<DemoFlags>());
    });
  addConnectionsCommands(program, context);
  addPlanCommands(addSyncCommands(program, context), context);
  addAcceptancesCommands(program, context);
  addScansCommands(program, context);
  addApprovalsCommands(program, context);
  addOutboxCommands(program, context);
  addImportCommand(program, context);
  addAssetsCommands(program, context);
  addMatchesCommands(program, context);
  addConflictsCommands(program, context);
  addPoliciesCommands(program, context);
  addLinksCommands(program, context);
  addMappingsCommands(program, context);
  addSchedulesCommands(program, context);
  addWorkerCommand(program, context);
  addOpsCommands(program, context);
  addSecretsCommands(program, context);
  addDbStatusCommands(addDbCommands(program, context), context);
  inheritSettings(program);
  return program;
}

/** Every command, however deep, reports its usage errors the same way. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    if (child.commands.length > 0 && !child.description())
      throw new TielineError('INTERNAL', `${child.name()} has no description`);
    inheritSettings(child);
  }
}

/**
 * Parses and carries out one command line.
 * @param args without the program's name.
 * @returns the exit code; errors of use come back as 2, other failures are thrown for the root to show.
 */
export async function runCommandLine(host: CommandHost, args: readonly string[]): Promise<number> {
  const result: CommandResult = { exitCode: 0 };
  const context: CommandContext = {
    host,
    result,
    print: (line) =>
      void host.terminal.out.write(`${fittedText(shownOutput(line), widthOf(host.terminal))}\n`),
    printWhole: (text) => void host.terminal.out.write(`${shownOutput(text)}\n`),
    printJson: (value) => void host.terminal.out.write(`${shownJson(JSON.stringify(value))}\n`),
  };
  const json = args.includes('--json');
  // A program that reads JSON gets one object, and not the usage with it.
  const program = buildProgram(context, (text) => {
    if (!json) host.terminal.err.write(shownOutput(text));
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

/** What commander says of wrong usage, as the error that `--json` promises. */
function usageError(error: CommanderError): TielineError {
  const said = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  // Without a subcommand commander shows the help and has nothing to say.
  const message = error.code.startsWith('commander.help') ? 'A subcommand is missing.' : said;
  return new TielineError('USAGE', message);
}
