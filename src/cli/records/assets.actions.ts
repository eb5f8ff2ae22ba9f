import type { Command } from 'commander';
import { shownText } from '../../errors/shown-text.ts';
import {
  countMatches,
  explain,
  findDuplicates,
  findReviews,
  findUnreported,
  keepApart,
  merge,
  split,
  type AssetExplanation,
  type IdentityDecisionRow,
  type ProbableDuplicate,
  type UnreportedAsset,
} from '../../app/assets/assets.ts';
import { addAssetContextCommand } from './asset-context.actions.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { decider, withDecider, type DecisionFlags } from '../kit/decision-flags.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { otherMatches } from './matches.actions.ts';
import { wholeNumber } from '../kit/flags.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';

const instant = (at: Date | null): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? '–';

export function addAssetsCommands(program: Command, context: CommandContext): void {
  const assets = program
    .command('assets')
    .description('who is who: which records of which sources are one asset, and why');

  assets
    .command('explain <asset>')
    .description(
      'the sources of an asset, what it is known by, and each decision with its evidence; by uuid, name or address',
    )
    .action(async (asset: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const explanation = await context.host.withApp(flags, (app) => explain(app, asset));
      if (flags.json) context.printJson(explanation);
      else printExplanation(context, explanation);
    });

  addAssetContextCommand(assets, context);

  assets
    .command('review')
    .description('machines that may be an asset that is known: a person decides')
    .option('--limit <n>', 'how many', wholeNumber(1, 100_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { limit: number }>();
      const { listed, waiting } = await context.host.withApp(flags, async (app) => ({
        listed: await listUpTo(flags.limit, (limit) => findReviews(app, limit)),
        waiting: await countMatches(app),
      }));
      const { rows } = listed;
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0)
        context.print(
          waiting === 0
            ? 'No match waits for a decision.'
            : `No reported machine may be another known asset. ${otherMatches(waiting)}`,
        );
      else {
        context.print(
          fittedTable(
            ['ID', 'SOURCE', 'REPORTS', 'ASSET', 'MAY BE', 'SCORE', 'WHY'],
            rows.map((row) => [
              String(row.id),
              row.system,
              shortValue(row.externalId),
              row.assetUuid.slice(0, 8),
              row.candidates[0]?.assetUuid.slice(0, 8) ?? '',
              String(row.candidates[0]?.score ?? ''),
              row.reason,
            ]),
            widthOf(context.host.terminal),
          ),
        );
        context.print(
          '\nThe same: tieline assets merge ASSET MAY-BE. Another one: tieline assets keep ID. More: tieline assets explain ASSET',
        );
        if (waiting > rows.length) context.print(otherMatches(waiting));
      }
      tellCut(context, flags, listed);
    });

  assets
    .command('duplicates')
    .description('assets that one scanner keeps apart although they are probably one machine')
    .option('--limit <n>', 'how many', wholeNumber(1, 100_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { limit: number }>();
      const rows = await context.host.withApp(flags, (app) => findDuplicates(app));
      if (flags.json) context.printJson(rows.slice(0, flags.limit));
      else printDuplicates(context, rows, flags.limit);
    });

  assets
    .command('unreported')
    .description('assets that no source reports any more, with the findings that are open on them')
    .option('--limit <n>', 'how many', wholeNumber(1, 100_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { limit: number }>();
      const rows = await context.host.withApp(flags, (app) => findUnreported(app, flags.limit + 1));
      const shown = rows.slice(0, flags.limit);
      if (flags.json) context.printJson(shown);
      else printUnreported(context, shown, rows.length > flags.limit);
    });

  withDecider(
    assets
      .command('merge <asset> <into>')
      .description('say that two assets are one; the second stays, nothing is lost'),
  ).action(async (asset: string, into: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<DecisionFlags>();
    const outcome = await context.host.withApp(flags, (app) => merge(app, asset, into, decider(flags)));
    if (flags.json) context.printJson(outcome);
    else
      context.print(`${outcome.from} is ${outcome.into} now. Undone by: tieline assets split SYSTEM RECORD`);
  });

  withDecider(
    assets
      .command('split <system> <record>')
      .description('say that a source’s record is another machine than the asset it was tied to'),
  ).action(async (system: string, record: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<DecisionFlags>();
    const outcome = await context.host.withApp(flags, (app) => split(app, system, record, decider(flags)));
    if (flags.json) context.printJson(outcome);
    else
      context.print(
        `${record} is asset ${outcome.into} now. Next: ${
          outcome.isSynced
            ? `tieline sync run --system "${system}"`
            : `tieline import FILE --system "${system}" with its next scan, for findings that other sources report too`
        }`,
      );
  });

  withDecider(
    assets
      .command('keep <id>')
      .description('say that a machine under review is none of the assets it might be'),
  ).action(async (id: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<DecisionFlags>();
    const review = wholeNumber(1, 2 ** 31 - 1)(id);
    await context.host.withApp(flags, (app) => keepApart(app, review, decider(flags)));
    if (flags.json) context.printJson({ kept: review });
    else context.print('It stays an asset of its own.');
  });
}

function printDuplicates(context: CommandContext, rows: readonly ProbableDuplicate[], limit: number): void {
  if (rows.length === 0) {
    context.print('No scanner has two assets that are probably one machine.');
    return;
  }
  const cells = (asset: ProbableDuplicate['assets'][number]): string[] => [
    `${asset.assetUuid.slice(0, 8)} ${asset.hostname ?? '(no name)'}`,
    asset.systemId ?? '–',
    instant(asset.lastSeen),
  ];
  context.print(
    fittedTable(
      ['SOURCE', 'OLDER', 'SYSTEM', 'LAST SEEN', 'NEWER', 'SYSTEM', 'LAST SEEN'],
      rows.slice(0, limit).map((row) => [row.system, ...cells(row.assets[0]), ...cells(row.assets[1])]),
      widthOf(context.host.terminal),
    ),
  );
  if (rows.length > limit) context.print(`… and ${rows.length - limit} more: --limit ${rows.length}`);
  context.print(
    '\nThe scanner keeps them apart, so they stay two assets here. Merge or delete one of the two there; Tieline follows.',
  );
}

function printUnreported(context: CommandContext, rows: readonly UnreportedAsset[], isCut: boolean): void {
  if (rows.length === 0) {
    context.print('Every asset is reported by a source.');
    return;
  }
  context.print(
    fittedTable(
      ['ASSET', 'NAME', 'SYSTEM', 'SINCE (UTC)', 'HOW', 'BY', 'CRITICAL', 'HIGH', 'OPEN'],
      rows.map((row) => [
        row.assetUuid.slice(0, 8),
        row.hostname ?? '(no name)',
        row.systemId ?? '–',
        instant(row.unreportedSince),
        row.ended,
        row.sources.join(', '),
        String(row.openCritical),
        String(row.openHigh),
        String(row.openFindings),
      ]),
      widthOf(context.host.terminal),
    ),
  );
  if (isCut) context.print('… and more: --limit');
  context.print(
    '\nNothing was closed: what is open was last seen so. If the machine lives on as another asset: tieline assets explain NAME, tieline assets merge ASSET INTO.',
  );
}

function printExplanation(
  context: CommandContext,
  { asset, sources, identifiers, decisions, components, absorbed }: AssetExplanation,
): void {
  const ended = asset.deletedAt ? ', deleted at its server' : asset.terminatedAt ? ', terminated' : '';
  const unreported = asset.unreportedSince
    ? `\nNo source reports it since ${instant(asset.unreportedSince)} UTC; its findings are as they were last seen.`
    : '';
  context.print(
    `${shownText(asset.hostname ?? '(no name)')}  ${asset.assetUuid}${asset.systemId ? `, of ${asset.systemId}` : ', of no system'}${ended}${asset.mergedInto ? `\nIs ${asset.mergedInto} since it was merged.` : ''}${unreported}`,
  );
  context.print(`\n${counted(sources.length, 'source')}`);
  if (sources.length > 0)
    context.print(
      fittedTable(
        ['SOURCE', 'CALLS IT', 'LAST SAW IT (UTC)', 'FINDINGS'],
        sources.map((each) => [each.system, each.externalId, instant(each.lastSeen), String(each.findings)]),
        widthOf(context.host.terminal),
      ),
    );
  context.print(`\n${counted(identifiers.length, 'identifier')}`);
  if (identifiers.length > 0)
    context.print(
      fittedTable(
        ['KIND', 'VALUE', 'LAST SEEN WITH IT (UTC)'],
        identifiers.map((each) => [each.kind, each.value, instant(each.lastSeen)]),
        widthOf(context.host.terminal),
      ),
    );
  if (components.length > 0)
    context.print(
      `\nComponents\n${fittedTable(
        ['SYSTEM', 'COMPONENT', 'DECISION', 'SCORE', 'WHY'],
        components.map((each) => [
          each.system,
          each.componentId,
          each.decision,
          String(each.score),
          `${each.reason} (${each.decidedBy})`,
        ]),
        widthOf(context.host.terminal),
      )}`,
    );
  if (absorbed.length > 0) context.print(`\nTurned out to be this one: ${absorbed.join(', ')}`);
  context.print(
    decisions.length > 0
      ? '\nDecisions about its identity'
      : '\nNo decision about its identity: no other asset shared an identifier with it.',
  );
  for (const decision of decisions) printDecision(context, decision);
}

function printDecision(context: CommandContext, row: IdentityDecisionRow): void {
  context.print(
    `  ${instant(row.decidedAt)}  ${row.decision}  ${row.system} ${row.externalId} → ${row.assetUuid.slice(0, 8)}: ${row.reason} (${row.decidedBy}${row.settledBy === null ? '' : `; settled by ${row.settledBy}`})`,
  );
  for (const candidate of row.candidates)
    for (const { kind, value, weight, note } of candidate.evidence ?? [])
      context.print(
        `      ${candidate.assetUuid.slice(0, 8)}  ${kind}${value === '' ? '' : ` ${value}`}: ${weight}${note === undefined ? '' : ` (${note})`}`,
      );
}
