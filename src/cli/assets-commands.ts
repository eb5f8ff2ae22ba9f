import type { Command } from 'commander';
import { shownText } from '../errors/shown-text.ts';
import {
  explain,
  findReviews,
  keepApart,
  merge,
  split,
  type AssetExplanation,
  type IdentityDecisionRow,
} from '../app/assets/assets.ts';
import { addAssetContextCommand } from './asset-context-command.ts';
import { decider, withDecider, type DecisionFlags } from './decision-flags.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { wholeNumber } from './number-flag.ts';
import { shortValue } from './short-value.ts';
import { counted, table } from './table.ts';

const instant = (at: Date | null): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? '–';

export function addAssetsCommands(program: Command, context: CommandContext): void {
  const assets = program
    .command('assets')
    .description('who is who: which records of which sources are one asset, and why');

  assets
    .command('explain <asset>')
    .description(
      'the sources of an asset, what it is known by, and each decision with its evidence; by uuid or host name',
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
      const rows = await context.host.withApp(flags, (app) => findReviews(app, flags.limit));
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0) context.print('Nothing waits for anybody.');
      else {
        context.print(
          table(
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
          ),
        );
        context.print(
          '\nThe same: tieline assets merge ASSET MAY-BE. Another one: tieline assets keep ID. More: tieline assets explain ASSET',
        );
      }
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
    else context.print(`${record} is asset ${outcome.into} now. Next: tieline sync run --system ${system}`);
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

function printExplanation(
  context: CommandContext,
  { asset, sources, identifiers, decisions, absorbed }: AssetExplanation,
): void {
  const ended = asset.deletedAt ? ', deleted at its server' : asset.terminatedAt ? ', terminated' : '';
  context.print(
    `${shownText(asset.hostname ?? '(no name)')}  ${asset.assetUuid}${asset.systemId ? `, of ${asset.systemId}` : ', of no system'}${ended}${asset.mergedInto ? `\nIs ${asset.mergedInto} since it was merged.` : ''}`,
  );
  context.print(`\n${counted(sources.length, 'source')}`);
  if (sources.length > 0)
    context.print(
      table(
        ['SOURCE', 'CALLS IT', 'LAST SAW IT (UTC)', 'FINDINGS'],
        sources.map((each) => [each.system, each.externalId, instant(each.lastSeen), String(each.findings)]),
      ),
    );
  context.print(`\n${counted(identifiers.length, 'identifier')}`);
  if (identifiers.length > 0)
    context.print(
      table(
        ['KIND', 'VALUE', 'LAST SEEN WITH IT (UTC)'],
        identifiers.map((each) => [each.kind, each.value, instant(each.lastSeen)]),
      ),
    );
  if (absorbed.length > 0) context.print(`\nTurned out to be this one: ${absorbed.join(', ')}`);
  context.print(
    decisions.length > 0 ? '\nDecisions' : '\nNo decision: nothing else shared an identifier with it.',
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
