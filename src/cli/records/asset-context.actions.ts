import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import type { Command } from 'commander';
import { setContext, showContext } from '../../app/assets/asset-context.ts';
import { TielineError } from '../../errors/tieline-error.ts';
import { scalarText, type Json } from '../../model/json.ts';
import { decider, withDecider, type DecisionFlags } from '../kit/decision-flags.ts';
import type { CommandContext } from '../kit/command-context.ts';

const shown = (value: Json | undefined): string =>
  value === null || value === undefined
    ? '–'
    : Array.isArray(value)
      ? value.map((each) => scalarText(each)).join(', ')
      : scalarText(value);

/** `tieline assets context`: shows or sets what the business says of an asset. */
export function addAssetContextCommand(assets: Command, context: CommandContext): void {
  withDecider(
    assets
      .command('context <asset>')
      .description(
        'what the business says of an asset: criticality, environment, acr_override, …; the next sync sends it to the servers',
      )
      .option(
        '--set <field=value>',
        'says it; empty: nothing is said any more. May be given more than once',
        (pair: string, before: string[]) => [...before, pair],
        [],
      ),
  ).action(async (asset: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<DecisionFlags & { set: string[] }>();
    if (flags.set.length === 0) {
      const found = await context.host.withApp(flags, (app) => showContext(app, asset));
      if (flags.json) {
        context.printJson(found);
        return;
      }
      context.print(`${found.hostname ?? '(no name)'}  ${found.assetUuid}`);
      const rows = Object.entries({ ...found.said, ...found.known });
      context.print(
        fittedTable(
          ['FIELD', 'VALUE'],
          rows.map(([field, value]) => [field, shown(value)]),
          widthOf(context.host.terminal),
        ),
      );
      return;
    }
    const given = Object.fromEntries(flags.set.map(pairOf));
    const outcome = await context.host.withApp(flags, (app) => setContext(app, asset, given, decider(flags)));
    if (flags.json) context.printJson(outcome);
    else if (outcome.changes.length === 0) context.print('It said so already.');
    else {
      for (const { field, before, after } of outcome.changes)
        context.print(`${field}: ${shown(before)} → ${shown(after)}`);
      context.print('Next: tieline sync plan --entity asset_context');
    }
  });
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at).trim(), pair.slice(at + 1)];
  throw new TielineError('USAGE', `--set takes field=value, not "${pair}".`);
}
