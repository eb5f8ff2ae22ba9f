/** `workflows replay|shipped|actions|fields`. */
import { readFile } from 'node:fs/promises';
import { everywhere } from '../../../canonical/access/index.ts';
import { recordKinds } from '../../../canonical/workflow/index.ts';
import { fetchWorkflow, type Replay } from '../../../modules/workflows/index.ts';
import { replaySource, workflowAidsOf } from '../../../operate/workflow-actions/index.ts';
import { knownWord, shownText, unknownWord } from '../../../platform/errors/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';

const isFile = (name: string): boolean => /\.ya?ml$|\.json$|\//.test(name);
const minute = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');
const counted = (n: number, one: string): string => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;

type ReplayFlags = GlobalFlags & { readonly days?: number; readonly version?: number };

/** The text of a workflow: a file, one that ships, or a version of a saved one: the one that is asked for, else that runs, else the latest. */
async function sourceOf(context: CommandContext, flags: ReplayFlags, name: string): Promise<string> {
  const { version } = flags;
  const saved = (): Promise<string> =>
    context.host.withApp(
      flags,
      async (app) => (await fetchWorkflow(app, everywhere, { name, version })).source,
    );
  if (version !== undefined) return saved();
  if (isFile(name)) return readFile(name, 'utf8');
  const shipped = workflowAidsOf().shipped.find(
    (each) => each.name === name || each.number === name.toUpperCase(),
  );
  return shipped ? shipped.source : saved();
}

function replayText(found: Replay, width: number | undefined): string {
  const stops = found.unreplayable.filter(({ place }) => place === 'when' || place === 'trigger');
  const notes = found.unreplayable.map(({ place, field, why }) => `${place}: ${field} ${why}.`);
  if (stops.length > 0) return ['It cannot be played again:', ...notes].join('\n');
  const head = `${counted(found.runs, 'run')} in the days from ${minute(found.from)} to ${minute(found.to)} UTC, over ${counted(found.looked, 'record')}`;
  const rows = found.items.slice(0, 50).map(({ at, title, boundary, steps }) => [
    minute(at),
    shownText(title),
    boundary ?? '–',
    steps
      .filter(({ outcome }) => outcome !== 'skipped')
      .map(({ says }) => shownText(says))
      .join('; '),
  ]);
  return [
    found.busiest
      ? `${head}; the most on one day: ${found.busiest.runs} on ${found.busiest.day}.`
      : `${head}.`,
    ...(found.isCut ? ['There are more records, which were not looked at.'] : []),
    ...found.unknown.map(
      ({ field, times }) => `${counted(times, 'time')} it could not be told: ${field} was empty.`,
    ),
    ...notes,
    ...(rows.length > 0 ? ['', fittedTable(['WHEN', 'RECORD', 'BOUNDARY', 'WOULD HAVE'], rows, width)] : []),
    ...(found.runs > rows.length
      ? [`… and ${counted(found.runs - rows.length, 'run')} more; --json has the first 500.`]
      : []),
  ].join('\n');
}

export async function replay(context: CommandContext, flags: ReplayFlags, name: string): Promise<void> {
  const source = await sourceOf(context, flags, name);
  const found = await context.host.withApp(flags, (app) =>
    replaySource(app, everywhere, { source, days: flags.days ?? 90 }),
  );
  if (flags.json) context.printJson('workflowReplay', found);
  else context.print(replayText(found, context.width));
}

function showShipped(context: CommandContext, flags: GlobalFlags, name?: string): void {
  const all = workflowAidsOf().shipped;
  if (flags.json) {
    context.printJson('workflowAids', workflowAidsOf());
    return;
  }
  if (name === undefined) {
    const rows = all.map((each) => [each.number, each.name, each.title]);
    context.print(fittedTable(['', 'NAME', 'WHAT IT DOES'], rows, context.width));
    context.print(
      'Save one as your own: tieline workflows shipped NAME > NAME.yaml; tieline workflows save NAME.yaml',
    );
    return;
  }
  const found = all.find((each) => each.name === name || each.number === name.toUpperCase());
  if (!found)
    throw unknownWord(
      'shipped workflow',
      name,
      all.map((each) => each.name),
    );
  context.printWhole(found.source.trimEnd());
}

function showActions(context: CommandContext, flags: GlobalFlags): void {
  const aids = workflowAidsOf();
  if (flags.json) {
    context.printJson('workflowAids', aids);
    return;
  }
  const rows = aids.actions.map((each) => [
    each.name,
    each.title,
    each.permission,
    each.appliesTo.join(', '),
  ]);
  context.print(fittedTable(['ACTION', 'WHAT A STEP DOES', 'NEEDS', 'ABOUT'], rows, context.width));
}

function showFields(context: CommandContext, flags: GlobalFlags, kind: string): void {
  const aids = workflowAidsOf();
  if (flags.json) {
    context.printJson('workflowAids', aids);
    return;
  }
  const rows = aids.fields[knownWord('kind of record', kind, recordKinds)].map(
    ({ path, type, title, words }) => [
      path,
      type,
      words.length > 0 ? `${title}: ${words.join(', ')}` : title,
    ],
  );
  context.print(fittedTable(['FIELD', 'IS', 'MEANS'], rows, context.width));
}

export const shipped = (context: CommandContext, flags: GlobalFlags, name?: string): Promise<void> =>
  Promise.resolve(showShipped(context, flags, name));

export const actions = (context: CommandContext, flags: GlobalFlags): Promise<void> =>
  Promise.resolve(showActions(context, flags));

export const fields = (context: CommandContext, flags: GlobalFlags, kind: string): Promise<void> =>
  Promise.resolve(showFields(context, flags, kind));
