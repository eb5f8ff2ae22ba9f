/** `plugins …`: what a scanner looks for, stored once for all its findings. */
import { everywhere } from '../../../canonical/access/index.ts';
import { shownLines, shownText, TielineError } from '../../../platform/errors/index.ts';
import { fetchPlugin, type PluginDetail } from '../../../record/finding-lists/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { dayText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

export async function showPlugin(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const plugin = await context.host.withApp(flags, (app) => fetchPlugin(app.db, everywhere, id.trim()));
  if (!plugin)
    throw new TielineError('USAGE', `No finding is of plugin ${id}.`, {
      remedy: "Search by name: tieline findings groups --filter 'q=openssl'",
    });
  if (flags.json) context.printJson('pluginDetail', plugin);
  else context.print(pluginLines(plugin).join('\n'));
}

function pluginLines(plugin: PluginDetail): string[] {
  const scores = [
    plugin.vpr === null ? '' : `VPR ${plugin.vpr}`,
    plugin.epss === null ? '' : `EPSS ${plugin.epss}`,
    plugin.cvss === null ? '' : `CVSS ${plugin.cvss}`,
  ];
  const texts: readonly (readonly [string, string | null])[] = [
    ['Synopsis', plugin.synopsis],
    ['Description', plugin.description],
    ['Solution', plugin.solution],
    ['CVEs', plugin.cves.join(', ')],
    ['See also', [...plugin.seeAlso, ...plugin.crossReferences].join('\n')],
  ];
  return [
    `${shownText(plugin.pluginId)}  ${shownText(plugin.name)}`,
    [
      plugin.family ?? 'no family',
      plugin.severities.join(', '),
      ...scores,
      plugin.hasExploit ? 'an exploit is available' : '',
    ]
      .filter(Boolean)
      .map(shownText)
      .join(', '),
    `Open: ${counted(plugin.open, 'finding')} on ${counted(plugin.assets, 'asset')}, since ${dayText(plugin.firstFound)}; fixed: ${plugin.fixed.toLocaleString('en-US')}`,
    ...texts.flatMap(([title, text]) =>
      text
        ? [
            '',
            title,
            ...shownLines(text.trim())
              .split('\n')
              .map((line) => `  ${line}`),
          ]
        : [],
    ),
    '',
    `Next: tieline findings list --filter plugin=${plugin.pluginId}`,
  ];
}
