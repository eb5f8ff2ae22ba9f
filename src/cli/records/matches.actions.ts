import type { Command } from 'commander';
import {
  acceptMatch,
  fetchMatch,
  findMatches,
  findStandingMatches,
  forgetStandingMatch,
  proposedOf,
  rejectMatch,
  type MatchReview,
  type MatchSettled,
} from '../../app/matches/matches.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { decider, withDecider, type DecisionFlags } from '../kit/decision-flags.ts';
import { wholeNumber } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';

const day = (at: Date): string => at.toISOString().slice(0, 10);
/** Reasons name assets by their whole uuid; a person reads the beginning. */
const shorten = (text: string): string =>
  text.replaceAll(/([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '$1');

export function addMatchesCommands(program: Command, context: CommandContext): void {
  const matches = program
    .command('matches')
    .description('which asset is which component, and which records are one machine, where a person decides');
  addList(matches, context);
  matches
    .command('show <match>')
    .description('a match with its candidates, scores and evidence; by its number or its asset')
    .action(async (wanted: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const match = await context.host.withApp(flags, (app) => fetchMatch(app, wanted));
      if (flags.json) context.printJson(match);
      else printMatch(context, match);
    });
  addDecisions(matches, context);
  addStanding(matches, context);
}

function addList(matches: Command, context: CommandContext): void {
  matches
    .command('list')
    .description('the matches that wait for a person, oldest first')
    .option('--system <name>', 'about this external system only')
    .option('--asset <asset>', 'about this asset only: by uuid, name or address')
    .option('--all', 'also those that are settled', false)
    .option('--limit <n>', 'how many', wholeNumber(1, 100_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & { system?: string; asset?: string; all: boolean; limit: number }
      >();
      const { system, asset, all, limit } = flags;
      const rows = await context.host.withApp(flags, (app) =>
        findMatches(
          app,
          { all, ...(system === undefined ? {} : { system }), ...(asset === undefined ? {} : { asset }) },
          limit + 1,
        ),
      );
      const shown = rows.slice(0, limit);
      if (flags.json) context.printJson(shown);
      else if (shown.length === 0) context.print('No match waits for a decision.');
      else {
        context.print(
          fittedTable(
            ['ID', 'SYSTEM', 'ASSET', 'MAY BE', 'SCORE', 'SINCE', 'WHY'],
            shown.map((row) => rowOf(row)),
            widthOf(context.host.terminal),
          ),
        );
        if (rows.length > limit) context.print(`… and more: --limit ${limit * 10}`);
        context.print(
          '\nSee one: tieline matches show ID. Settle it: tieline matches accept ID [CHOICE], reject ID [CHOICE], always ID [CHOICE]',
        );
      }
    });
}

const settledAsset = ({ asset, assetName }: MatchSettled): string =>
  assetName === null ? (asset ?? '') : `${assetName} (${asset?.slice(0, 8) ?? ''})`;

function rowOf(match: MatchReview): string[] {
  const proposed = proposedOf(match);
  const [best] = proposed;
  const more = proposed.length > 1 ? `, ${proposed.length - 1} more` : '';
  const named = (name: string | null, uuid: string): string => `${name ?? '(no name)'} ${uuid.slice(0, 8)}`;
  const [asset, mayBe] =
    match.kind === 'duplicate'
      ? [
          proposed.map((each) => named(each.name, each.choice)).join(', '),
          `one machine, ${match.componentId ?? ''}`,
        ]
      : [
          named(match.assetName, match.assetUuid ?? ''),
          match.kind === 'component'
            ? `${best?.choice ?? ''}${more}`
            : `asset ${named(best?.name ?? null, best?.choice ?? '')}${more}`,
        ];
  const state = match.outcome === null ? '' : ` (${match.outcome} by ${match.settledBy ?? '–'})`;
  return [
    String(match.id),
    match.system,
    asset,
    mayBe,
    String(best?.score ?? ''),
    day(match.openedAt),
    `${shorten(match.reason ?? '')}${state}`,
  ];
}

function printMatch(context: CommandContext, match: MatchReview): void {
  const asset = `${match.assetName ?? '(no name)'} (${match.assetUuid ?? ''})`;
  const question = {
    component: `Which component of ${match.system} is ${asset}?${match.componentId === null ? '' : ` It is matched to ${match.componentId} now, and stays so until you decide.`}`,
    duplicate: `These assets share component ${match.componentId ?? ''} of ${match.system}: are they one machine?`,
    identity: `${match.system} reports ${match.externalId ?? ''}, which became ${asset}: is it an asset that is known?`,
  }[match.kind];
  context.print(
    `Match ${match.id}, since ${day(match.openedAt)}${match.outcome === null ? '' : `, ${match.outcome} by ${match.settledBy ?? '–'}`}`,
  );
  context.print(question);
  if (match.reason !== null) context.print(`Why: ${match.reason}`);
  for (const each of match.candidates) {
    const facts = [
      each.name,
      each.systemId === null ? 'of no system' : `of ${each.systemId}`,
      each.score === null ? null : `score ${each.score}`,
      each.heldBy.length > 0 ? `has asset ${each.heldBy.join(', ')} now` : null,
      each.decision === 'linked' && match.kind === 'component' ? 'the present match' : null,
    ].filter((fact) => fact !== null);
    context.print(`\n  ${each.choice}  ${facts.join(', ')}`);
    if (each.reason !== null) context.print(`      ${each.reason}`);
    for (const { kind, value, weight, note } of each.evidence)
      context.print(
        `      ${kind}${value === '' ? '' : ` ${value}`}: ${weight}${note === undefined ? '' : ` (${note})`}`,
      );
  }
  if (match.settledAt !== null) return;
  const next = {
    component: [
      `tieline matches accept ${match.id} CHOICE     it is this component; assets that have it share it (--replace: they leave it)`,
      `tieline matches reject ${match.id} [CHOICE]   it is not this one, or none of those under review`,
      `tieline matches always ${match.id} CHOICE     also what bears the same uuid, MAC address or FQDN later`,
    ],
    duplicate: [
      `tieline matches accept ${match.id}         one machine: both stay with the component`,
      `tieline matches reject ${match.id} ASSET   this one is another machine, and leaves the component`,
    ],
    identity: [
      `tieline matches accept ${match.id} ASSET   it is this asset: the two are merged`,
      `tieline matches reject ${match.id}         it is none of them`,
    ],
  }[match.kind];
  context.print(`\n${next.join('\n')}`);
}

function addDecisions(matches: Command, context: CommandContext): void {
  const told = (flags: GlobalFlags, outcome: MatchSettled, text: string): void => {
    if (flags.json) context.printJson(outcome);
    else {
      context.print(`${text} Next: tieline sync plan`);
      for (const { assetUuid, hostname } of outcome.sharedWith)
        context.print(
          `${hostname ?? '(no name)'} (${assetUuid.slice(0, 8)}) has it too. If that is another machine: tieline links break SYSTEM asset_component ${assetUuid}`,
        );
    }
  };
  const addAccepting = (name: string, description: string, always: boolean): void => {
    withDecider(
      matches
        .command(`${name} <match> [choice]`)
        .description(description)
        .option('--replace', 'other assets that have the component leave it', false),
    ).action(async (wanted: string, choice: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<DecisionFlags & { replace: boolean }>();
      const outcome = await context.host.withApp(flags, (app) =>
        acceptMatch(
          app,
          wanted,
          { replaces: flags.replace, always, ...(choice === undefined ? {} : { choice }) },
          decider(flags),
        ),
      );
      const later = always ? `, now and later (standing decision ${outcome.standing ?? ''})` : '';
      told(
        flags,
        outcome,
        `Match ${outcome.id}: ${settledAsset(outcome)} is ${outcome.choice ?? ''}${later}.`,
      );
    });
  };
  addAccepting('accept', 'say that it is this candidate; who competed for it is not', false);
  withDecider(
    matches
      .command('reject <match> [choice]')
      .description(
        'say that it is not this candidate, or none that is proposed; a present match stays unless you name it',
      ),
  ).action(async (wanted: string, choice: string | undefined, _options, command: Command) => {
    const flags = command.optsWithGlobals<DecisionFlags>();
    const outcome = await context.host.withApp(flags, (app) =>
      rejectMatch(app, wanted, choice, decider(flags)),
    );
    told(
      flags,
      outcome,
      `Match ${outcome.id}: ${settledAsset(outcome)} is not ${outcome.choice ?? 'any of the candidates'}.`,
    );
  });
  addAccepting(
    'always',
    'accept, and keep it as a standing decision: whatever bears the same uuid, MAC address or FQDN is this component, also under a new id',
    true,
  );
}

function addStanding(matches: Command, context: CommandContext): void {
  matches
    .command('standing')
    .description('the standing decisions in force')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const rows = await context.host.withApp(flags, (app) => findStandingMatches(app));
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0) context.print('No standing decisions.');
      else
        context.print(
          fittedTable(
            ['ID', 'SYSTEM', 'COMPONENT', 'WHAT BEARS', 'SINCE', 'BY', 'REASON'],
            rows.map((row) => [
              String(row.id),
              row.system,
              `${row.componentId}${row.componentRow === null ? ' (not there)' : ''}`,
              row.evidence.map(({ kind, value }) => `${kind} ${value}`).join(' or '),
              day(row.decidedAt),
              row.decidedBy,
              row.reason ?? '',
            ]),
            widthOf(context.host.terminal),
          ),
        );
    });
  withDecider(
    matches
      .command('forget <standing>')
      .description('end a standing decision; its matches are decided again'),
  ).action(async (id: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<DecisionFlags>();
    const standing = wholeNumber(1, 2 ** 31 - 1)(id);
    await context.host.withApp(flags, (app) => forgetStandingMatch(app, standing, decider(flags)));
    if (flags.json) context.printJson({ forgotten: standing });
    else context.print(`Standing decision ${standing} is ended.`);
  });
}

/** What another list says of matches that it does not show. */
export const otherMatches = (n: number): string =>
  n > 0 ? `${counted(n, 'match', 'matches')} in all wait for a decision: tieline matches list` : '';
