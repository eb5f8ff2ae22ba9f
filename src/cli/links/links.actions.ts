import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { breakOne, countFittingLinks, findLinks, makeOne } from '../../app/links/links.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { wholeNumber } from '../kit/flags.ts';

interface DecisionFlags extends GlobalFlags {
  readonly reason?: string;
  readonly by?: string;
}

const decider = (flags: DecisionFlags) => ({
  by: flags.by ?? userInfo().username,
  reason: flags.reason,
});

export function addLinksCommands(program: Command, context: CommandContext): void {
  const links = program.command('links').description('which record here is which record there');

  links
    .command('list')
    .description('the links, by entity and record')
    .option('--system <name>', 'to this external system only')
    .option('--entity <entity>', 'of this kind of record only')
    .option('--record <id>', 'of this record of ours only')
    .option('--external <id>', 'of this record of the remote only')
    .option('--all', 'also those that ended', false)
    .option('--limit <n>', 'how many', wholeNumber(1, 100_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & {
          system?: string;
          entity?: string;
          record?: string;
          external?: string;
          all: boolean;
          limit: number;
        }
      >();
      const query = {
        all: flags.all,
        ...(flags.system === undefined ? {} : { system: flags.system }),
        ...(flags.entity === undefined ? {} : { entity: flags.entity }),
        ...(flags.record === undefined ? {} : { entityId: flags.record }),
        ...(flags.external === undefined ? {} : { externalId: flags.external }),
      };
      const listed = await context.host.withApp(flags, (app) =>
        listUpTo(
          flags.limit,
          (limit) => findLinks(app, query, limit),
          () => countFittingLinks(app, query),
        ),
      );
      const { rows } = listed;
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0) context.print('No link fits that.');
      else
        context.print(
          fittedTable(
            ['SYSTEM', 'ENTITY', 'HERE', 'THERE', 'AGREED (UTC)', ''],
            rows.map((row) => [
              row.system,
              row.entity,
              row.entityId,
              row.externalId,
              row.confirmedAt.toISOString().slice(0, 19).replace('T', ' '),
              row.retiredAt ? 'ended' : row.missingSince ? 'missing there' : '',
            ]),
            widthOf(context.host.terminal),
          ),
        );
      tellCut(context, flags, listed);
    });

  links
    .command('break <system> <entity> <record>')
    .description('say that a record of ours is not the remote record it is linked to; both stay')
    .option('--reason <text>', 'for the journal')
    .option('--by <name>', 'who decides (default: the name of the account)')
    .action(async (system: string, entity: string, entityId: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<DecisionFlags>();
      const outcome = await context.host.withApp(flags, (app) =>
        breakOne(app, { system, entity, entityId }, decider(flags)),
      );
      if (flags.json) context.printJson(outcome);
      else
        context.print(
          `${entity} ${entityId} is no longer linked to ${outcome.externalId} of ${system}. Next: tieline links make ${system} ${entity} RECORD ${outcome.externalId}, or tieline sync plan`,
        );
    });

  links
    .command('make <system> <entity> <record> <external>')
    .description('say that a record of ours is a record of the remote; the next sync brings the two together')
    .option('--reason <text>', 'for the journal')
    .option('--by <name>', 'who decides (default: the name of the account)')
    .action(
      async (
        system: string,
        entity: string,
        entityId: string,
        externalId: string,
        _options,
        command: Command,
      ) => {
        const flags = command.optsWithGlobals<DecisionFlags>();
        const outcome = await context.host.withApp(flags, (app) =>
          makeOne(app, { system, entity, entityId, externalId }, decider(flags), context.host.signal),
        );
        if (flags.json) context.printJson(outcome);
        else
          context.print(
            `${entity} ${entityId} is linked to ${externalId} of ${system}${outcome.replaced === undefined || outcome.replaced === entityId ? '' : `; ${outcome.replaced} is not any more, and stays here as it is`}. Next: tieline sync plan`,
          );
        for (const { assetUuid, hostname } of flags.json ? [] : outcome.sharedWith)
          context.print(
            `${hostname ?? assetUuid} (${assetUuid.slice(0, 8)}) has it too. If that is another machine: tieline links break ${system} ${entity} ${assetUuid}`,
          );
      },
    );
}
