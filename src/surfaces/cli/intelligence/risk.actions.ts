/** `risk …`: scores of assets and plugins, part by part. */
import { everywhere } from '../../../canonical/access/index.ts';
import { assessRisks } from '../../../modules/intelligence/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { fetchPresentAsset } from '../../../record/assets/index.ts';
import { explainAssetRisk, explainPluginRisk } from '../../../record/intelligence/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { counted } from '../kit/table.ts';
import { assetRiskLines, pluginRiskLines } from './risk.view.ts';

export async function explain(
  context: CommandContext,
  flags: GlobalFlags,
  [what]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    if (/^\d{1,12}$/.test(what.trim())) {
      const plugin = await explainPluginRisk(app.db, everywhere, what.trim());
      if (!plugin) throw unassessed(`plugin ${what}`);
      if (flags.json) context.printJson('pluginRisk', plugin);
      else context.print(pluginRiskLines(plugin, context.width).join('\n'));
      return;
    }
    const { assetUuid } = await fetchPresentAsset(app, what);
    const asset = await explainAssetRisk(app.db, everywhere, assetUuid);
    if (!asset) throw unassessed(`asset ${what}`);
    if (flags.json) context.printJson('assetRisk', asset);
    else context.print(assetRiskLines(asset).join('\n'));
  });
}

const unassessed = (what: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no risk score of ${what}.`, {
    remedy: 'Scores are computed after each sync, load and import, and by `tieline risk assess`.',
  });

export async function assess(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const assessed = await context.host.withApp(flags, (app) => assessRisks(app, 'command'));
  if (flags.json) context.printJson('risksAssessed', assessed);
  else
    context.print(
      `${counted(assessed.findings, 'open finding')} on ${counted(assessed.assets, 'asset')} scored; the score of ${counted(assessed.changed, 'asset')} changed.`,
    );
}
