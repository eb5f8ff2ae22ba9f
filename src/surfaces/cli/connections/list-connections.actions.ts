import { listSystemFacts } from '../../../engine/connections/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';

type Facts = Awaited<ReturnType<typeof listSystemFacts>>[number];

/** `connections list`. */
export async function listConnections(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const facts = await context.host.withApp(flags, listSystemFacts);
  if (flags.json) context.printJson('connectionList', facts);
  else if (facts.length === 0)
    context.print('No connections yet. Add one: tieline connections add tenable --name … --url …');
  else
    context.print(
      fittedTable(
        ['NAME', 'TYPE', 'ADDRESS', 'SYNC', 'LAST SYNC (UTC)'],
        facts.map((each) => [
          each.name,
          each.type,
          each.url,
          syncState(each),
          minuteText(each.lastSync, 'never'),
        ]),
        context.width,
      ),
    );
}

function syncState({ url, enabled, sendingPaused }: Facts): string {
  if (url === 'file:') return 'files';
  if (!enabled) return 'paused';
  return sendingPaused ? 'reads only' : 'on';
}
