import { basename } from 'node:path';
import type { Command } from 'commander';
import { countMatches } from '../../app/assets/assets.ts';
import {
  importFiles,
  listScanFiles,
  readerOf,
  type FileOutcome,
  type ImportOptions,
} from '../../app/imports/import-files.ts';
import { usualSource } from '../../app/imports/file-sources.ts';
import { watchFolders } from '../../app/imports/watch-folders.ts';
import type { App } from '../../app/app.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { shownText } from '../../errors/shown-text.ts';
import { wholeNumber } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';

interface ImportFlags extends GlobalFlags {
  readonly system: string;
  readonly keepPartial: boolean;
  readonly watch: boolean;
  readonly every: number;
  readonly newSource: boolean;
  readonly zone?: string;
}

export function addImportCommand(program: Command, context: CommandContext): void {
  program
    .command('import <paths...>')
    .description(
      'take scan files in: .nessus, CSV exports of Tenable, plain, gzipped or zipped; folders are searched',
    )
    .option(
      '--system <name>',
      'the source that the files are filed under; made if it is not there',
      usualSource,
    )
    .option('--new-source', 'make the source also if its name is nearly that of another one', false)
    .option(
      '--zone <name>',
      'time zone (IANA name) of times that name none, or one of several meanings such as IST; kept with the source',
    )
    .option(
      '--keep-partial',
      'of a broken file keep the hosts that are whole (default: nothing of it)',
      false,
    )
    .option('--watch', 'stay, and import what comes into the folders', false)
    .option('--every <seconds>', 'how often the folders are looked at', wholeNumber(1, 86_400), 10)
    .action(async (paths: string[], _options, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags>();
      await context.host.withApp(
        flags,
        (app) => (flags.watch ? watch(app, context, paths, flags) : takeIn(app, context, paths, flags)),
        { waitsForDatabase: flags.watch },
      );
    });
}

async function takeIn(
  app: App,
  context: CommandContext,
  paths: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const files = await listScanFiles(readerOf(app), paths);
  const before = await countMatches(app);
  const outcomes = await importFiles(app, files, optionsOf(context, flags));
  for (const outcome of outcomes) noteExitCode(context, outcome);
  const added = (await countMatches(app)) - before;
  if (added > 0 && context.result.exitCode === 0) context.result.exitCode = 3;
  if (flags.json) context.printJson(outcomes);
  else {
    for (const outcome of outcomes) context.print(lineOf(outcome));
    if (outcomes.length === 0) context.print(`No scan file is in ${paths.join(', ')}.`);
    else if (outcomes.some(({ outcome }) => outcome !== 'refused'))
      context.print(
        `\n${added > 0 ? `${counted(added, 'new match', 'new matches')} to review. ` : ''}Next: tieline matches list, tieline sync plan`,
      );
  }
}

function optionsOf(context: CommandContext, flags: ImportFlags): ImportOptions {
  const { err } = context.host.terminal;
  return {
    source: flags.system,
    newSource: flags.newSource,
    timeZone: flags.zone,
    reportMade: (source) => {
      if (source !== usualSource) err.write(`tieline: made a new source of scan files, ${source}\n`);
    },
    keepPartial: flags.keepPartial,
    signal: context.host.signal,
    report: (file, { hosts, items }) => {
      if (err.isTTY === true && flags.json !== true)
        err.write(`\r${shownText(file)}: ${hosts} hosts, ${items} items `);
    },
  };
}

/** Each outcome as it comes, with --json a line each; nothing is kept of it, since this may go on for months. */
async function watch(
  app: App,
  context: CommandContext,
  paths: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const options = {
    ...optionsOf(context, flags),
    everyMs: flags.every * 1000,
    warn: (message: string) => void context.host.terminal.err.write(`tieline: ${shownText(message)}\n`),
  };
  for await (const outcome of watchFolders(app, paths, options)) {
    if (flags.json) context.printJson(outcome);
    else context.print(lineOf(outcome));
    noteExitCode(context, outcome);
  }
}

/** 1 where a file was refused, 3 where something of one waits for a person; of several the graver. */
function noteExitCode(context: CommandContext, { outcome, counts }: FileOutcome): void {
  if (outcome === 'refused') context.result.exitCode = 1;
  else if ((outcome === 'partial' || counts.failed > 0) && context.result.exitCode !== 1)
    context.result.exitCode = 3;
}

/** The file is named at the begin of the line already; what lies in an archive is named by the problem. */
const withoutName = (problem: string, file: string): string => {
  const named = `${shownText(basename(file))}: `;
  return problem.startsWith(named) ? problem.slice(named.length) : problem;
};

function lineOf({
  outcome,
  hosts,
  items,
  openPorts,
  fixed,
  counts,
  heldBecause,
  operationId,
  ...of
}: FileOutcome): string {
  const file = shownText(of.file);
  const problem = shownText(of.problem ?? '');
  const what = `${counted(hosts, 'host')}, ${counted(items, 'item')}; ${counts.created} new, ${counts.updated} updated, ${counts.unchanged} unchanged${fixed > 0 ? `, ${fixed} no longer there` : ''}${openPorts > 0 ? `, ${counted(openPorts, 'open port')} listed without a finding` : ''}${counts.failed > 0 ? `, ${counts.failed} held` : ''}`;
  const held =
    counts.failed > 0
      ? [...heldBecause.map(shownText), `what was held: tieline ops show ${operationId ?? ''}`]
          .map((line) => `\n  ${line}`)
          .join('')
      : '';
  switch (outcome) {
    case 'imported':
      return `${file}: ${what}${held}`;
    case 'already imported':
      return `${file}: imported before, nothing to do`;
    case 'partial':
      return `${file}: kept what is whole (${what}), then it breaks off: ${problem}${held}`;
    case 'refused':
      return `${file}: nothing was imported. ${withoutName(problem, of.file)}`;
  }
}
