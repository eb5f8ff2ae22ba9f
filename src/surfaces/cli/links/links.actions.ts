/** `links list|break|make`. */
import { breakOne, countFittingLinks, findLinks, makeOne } from '../../../review/links/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { shellWord } from '../kit/hint.ts';
import { secondText } from '../kit/instants.ts';

interface ListFlags extends GlobalFlags {
  readonly system?: string;
  readonly entity?: string;
  readonly record?: string;
  readonly external?: string;
  readonly all: boolean;
  readonly limit: number;
}

export async function listLinks(context: CommandContext, flags: ListFlags): Promise<void> {
  const { all, limit, system, entity, record: entityId, external: externalId } = flags;
  const query = { all, ...defined({ system, entity, entityId, externalId }) };
  const listed = await context.host.withApp(flags, (app) =>
    listUpTo(
      limit,
      (most) => findLinks(app, query, most),
      () => countFittingLinks(app, query),
    ),
  );
  const { rows } = listed;
  if (flags.json) context.printJson('linkList', rows);
  else if (rows.length === 0) context.print('No links match.');
  else
    context.print(
      fittedTable(
        ['SYSTEM', 'ENTITY', 'TIELINE', 'REMOTE', 'AGREED (UTC)', ''],
        rows.map((row) => [
          row.system,
          row.entity,
          row.entityId,
          row.externalId,
          secondText(row.confirmedAt),
          row.retiredAt ? 'ended' : row.missingSince ? 'missing at the remote' : '',
        ]),
        context.width,
      ),
    );
  tellCut(context, flags, listed);
}

export async function breakLink(
  context: CommandContext,
  flags: DecisionFlags,
  [system, entity, entityId]: readonly [string, string, string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    breakOne(app, { system, entity, entityId }, decider(flags)),
  );
  if (flags.json) context.printJson('linkBroken', outcome);
  else
    context.print(
      `${entity} ${entityId} is no longer linked to ${outcome.externalId} of ${system}. Next: tieline links make ${shellWord(system)} ${entity} RECORD ${outcome.externalId}, or tieline sync plan`,
    );
}

export async function makeLink(
  context: CommandContext,
  flags: DecisionFlags,
  [system, entity, entityId, externalId]: readonly [string, string, string, string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    makeOne(app, { system, entity, entityId, externalId }, decider(flags), context.host.signal),
  );
  if (flags.json) {
    context.printJson('linkMade', outcome);
    return;
  }
  const { replaced } = outcome;
  const instead =
    replaced === undefined || replaced === entityId
      ? ''
      : `; ${replaced} is no longer, and stays in Tieline as it is`;
  context.print(
    `${entity} ${entityId} is linked to ${externalId} of ${system}${instead}. Next: tieline sync plan`,
  );
  for (const { assetUuid, hostname } of outcome.sharedWith)
    context.print(
      `${hostname ?? assetUuid} (${assetUuid.slice(0, 8)}) has it too. If that is another machine: tieline links break ${shellWord(system)} ${entity} ${assetUuid}`,
    );
}
