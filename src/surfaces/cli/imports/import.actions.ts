/** `import`: scan files, once or as they come. */
import { countMatches } from '../../../review/assets/index.ts';
import {
  type FileOutcome,
  importFiles,
  type ImportOptions,
  listScanFiles,
  readerOf,
  usualSource,
  watchFolders,
} from '../../../modules/scan-files/index.ts';
import { keepCommandImport } from '../../../operate/imports/index.ts';
import { assessRisks } from '../../../modules/intelligence/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { counted } from '../kit/table.ts';
import { lineOf } from './import.view.ts';

interface ImportFlags extends GlobalFlags {
  readonly system?: string;
  readonly keepPartial: boolean;
  readonly watch: boolean;
  readonly every: number;
  readonly newSource: boolean;
  readonly zone?: string;
}

export async function importScanFiles(
  context: CommandContext,
  flags: ImportFlags,
  [paths]: readonly [string[]],
): Promise<void> {
  const work = flags.watch ? watch : importAll;
  await context.host.withApp(flags, (app) => work(app, context, paths, flags), {
    waitsForDatabase: flags.watch,
  });
}

async function importAll(
  app: App,
  context: CommandContext,
  paths: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const files = await listScanFiles(readerOf(app), paths);
  const before = await countMatches(app);
  const outcomes = await importFiles(app, files, optionsOf(context, flags));
  for (const outcome of outcomes) {
    noteExitCode(context, outcome);
    await keepCommandImport(app, { by: accountName(), source: flags.system }, outcome);
  }
  if (outcomes.some(({ outcome }) => outcome === 'imported' || outcome === 'partial'))
    await assessRisks(app, 'import');
  const added = (await countMatches(app)) - before;
  if (added > 0 && context.result.exitCode === 0) context.result.exitCode = 3;
  if (flags.json) context.printJson('fileOutcomes', outcomes);
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
    source: flags.system ?? usualSource,
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

/** Each outcome as it comes, with --json a line each; nothing is kept of it, since this may continue for months. */
async function watch(
  app: App,
  context: CommandContext,
  paths: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const options = {
    ...optionsOf(context, flags),
    everyMs: flags.every * 1000,
    by: accountName(),
    warn: (message: string) => void context.host.terminal.err.write(`tieline: ${shownText(message)}\n`),
  };
  for await (const outcome of watchFolders(app, paths, options)) {
    await keepCommandImport(app, { by: accountName(), source: flags.system }, outcome);
    if (flags.json) context.printJson('fileOutcome', outcome);
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
