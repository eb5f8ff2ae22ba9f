/** `assets context`: shows or sets the business context of an asset. */
import { setContext, showContext } from '../../../modules/asset-context/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { type Json, scalarText } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import type { DecisionFlags } from '../kit/flags.ts';

const shown = (value: Json | undefined): string =>
  value === null || value === undefined
    ? '–'
    : Array.isArray(value)
      ? value.map((each) => scalarText(each)).join(', ')
      : scalarText(value);

type ContextFlags = DecisionFlags & { readonly set: string[] };

export async function assetContext(
  context: CommandContext,
  flags: ContextFlags,
  [asset]: readonly [string],
): Promise<void> {
  if (flags.set.length === 0) await show(context, flags, asset);
  else await set(context, flags, asset);
}

async function show(context: CommandContext, flags: ContextFlags, asset: string): Promise<void> {
  const found = await context.host.withApp(flags, (app) => showContext(app, asset));
  if (flags.json) {
    context.printJson('assetContext', found);
    return;
  }
  context.print(`${found.hostname ?? '(no name)'}  ${found.assetUuid}`);
  const rows = Object.entries({ ...found.said, ...found.known });
  context.print(
    fittedTable(
      ['FIELD', 'VALUE'],
      rows.map(([field, value]) => [field, shown(value)]),
      context.width,
    ),
  );
}

async function set(context: CommandContext, flags: ContextFlags, asset: string): Promise<void> {
  const given = Object.fromEntries(flags.set.map(pairOf));
  const outcome = await context.host.withApp(flags, (app) => setContext(app, asset, given, decider(flags)));
  if (flags.json) context.printJson('assetContextSet', outcome);
  else if (outcome.changes.length === 0) context.print('No changes: it is already so.');
  else {
    for (const { field, before, after } of outcome.changes)
      context.print(`${field}: ${shown(before)} → ${shown(after)}`);
    context.print('Next: tieline sync plan --entity asset_context');
  }
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at).trim(), pair.slice(at + 1)];
  throw new TielineError('USAGE', `--set takes field=value, not "${pair}".`);
}
