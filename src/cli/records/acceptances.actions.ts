import { userInfo } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  addAcceptance,
  checkAcceptance,
  findAcceptances,
  withdrawAcceptance,
  type AcceptanceEntry,
  type AcceptanceRequest,
  type CheckedAcceptance,
} from '../../app/acceptances/acceptances.ts';
import { acceptanceKinds, severities } from '../../model/vocabulary.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { wholeNumber } from '../kit/flags.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';

interface AddFlags extends GlobalFlags, Omit<AcceptanceRequest, 'by'> {
  readonly by?: string;
  readonly yes?: boolean;
}

/** An option of a few words, taken in any case. */
function oneOf(option: Option, words: readonly string[]): Option {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[- ]/g, '_');
  return option.choices([...words]).argParser((text: string) => {
    const word = words.find((each) => plain(each) === plain(text));
    if (word === undefined) throw new InvalidArgumentError(`Allowed choices are ${words.join(', ')}.`);
    return word;
  });
}

function coverage({ covers, asset, pluginName, wanted }: CheckedAcceptance): string {
  const findings = `${counted(covers.findings, 'open finding')}`;
  const where =
    asset === undefined ? `on ${counted(covers.assets, 'asset')}` : `on ${asset.hostname ?? asset.assetUuid}`;
  return `${findings} of plugin ${wanted.plugin} (${pluginName}) ${where}`;
}

const day = (date: Date | null): string => date?.toISOString().slice(0, 10) ?? 'never';

function standing(entry: AcceptanceEntry): string {
  if (entry.status === 'withdrawn') return 'withdrawn';
  // The server keeps a rule that ran out, or not: it holds nothing down any more either way.
  if (entry.expired) return 'expired';
  if (entry.missingSince) return 'missing there';
  return entry.acceptanceId === null ? 'to be sent' : 'in force';
}

export function addAcceptancesCommands(program: Command, context: CommandContext): void {
  const acceptances = program
    .command('acceptances')
    .description('risks accepted, false positives and recasts at the scanners’ servers');

  acceptances
    .command('list')
    .description('the rules that stand, here and at the servers')
    .option('--system <name>', 'of this external system only')
    .option('--plugin <id>', 'for this plugin only')
    .option('--all', 'also those that were withdrawn or have expired', false)
    .option('--limit <n>', 'how many', wholeNumber(1, 100_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & { system?: string; plugin?: string; all: boolean; limit: number }
      >();
      const query = {
        all: flags.all,
        ...(flags.system === undefined ? {} : { system: flags.system }),
        ...(flags.plugin === undefined ? {} : { pluginId: flags.plugin }),
      };
      const listed = await context.host.withApp(flags, (app) =>
        listUpTo(flags.limit, (limit) => findAcceptances(app, query, limit)),
      );
      const { rows } = listed;
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0)
        context.print(
          flags.system === undefined && flags.plugin === undefined
            ? 'No acceptances in force. Those that were withdrawn: --all'
            : 'No acceptance fits that.',
        );
      else
        context.print(
          fittedTable(
            ['ID', 'SYSTEM', 'KIND', 'PLUGIN', 'WHERE', 'UNTIL', 'STANDING', 'WHY'],
            rows.map((row) => [
              String(row.id),
              row.system,
              row.severity === null ? row.kind.replace('_', ' ') : `${row.kind} to ${row.severity}`,
              row.pluginId ?? row.cveId ?? '',
              shortValue(
                [row.scope, row.repository && `repository ${row.repository}`, row.port]
                  .filter(Boolean)
                  .join(', '),
              ),
              day(row.expiresAt),
              standing(row),
              shortValue(row.comment ?? ''),
            ]),
            widthOf(context.host.terminal),
          ),
        );
      tellCut(context, flags, listed);
    });

  acceptances
    .command('add <system>')
    .description('ask for a rule; the next sync makes it at the server')
    .addOption(oneOf(new Option('--kind <kind>', 'what it does'), acceptanceKinds).makeOptionMandatory())
    .requiredOption('--plugin <id>', 'the plugin whose findings it is for')
    .option(
      '--asset <asset>',
      'on this asset only: its uuid, name or address (default: all; asks first, with how many that is)',
    )
    .option('--repository <id>', 'in this repository (Security Center, where no asset is given)')
    .option('--port <n>', 'on this port only', wholeNumber(0, 65_535))
    .option('--protocol <name>', 'of this protocol only')
    .addOption(
      oneOf(new Option('--severity <severity>', 'of a recast: what the findings become'), severities),
    )
    .option('--until <day>', 'the last day on which it holds, YYYY-MM-DD in UTC (default: no end)')
    .option('--name <text>', 'what the rule is called')
    .requiredOption('--comment <text>', 'why; kept with the rule')
    .option('--by <name>', 'who asks (default: the name of the account)')
    .option('--yes', 'do not ask, also where it is for all assets', false)
    .action(async (system: string, _options, command: Command) => {
      const {
        kind,
        plugin,
        asset,
        repository,
        port,
        protocol,
        severity,
        until,
        name,
        comment,
        by,
        yes,
        ...flags
      } = command.optsWithGlobals<AddFlags>();
      const asked = {
        kind,
        plugin,
        asset,
        repository,
        port,
        protocol,
        severity,
        until,
        name,
        comment,
        by: by ?? userInfo().username,
      };
      await context.host.withApp(flags, async (app) => {
        const checked = await checkAcceptance(app, system, asked);
        const covers = coverage(checked);
        if (
          asset === undefined &&
          !(await confirmed(
            context,
            { yes: yes ?? false },
            `Without --asset the rule is for every asset of ${system}, those of later scans too. Now it covers ${covers}.`,
          ))
        )
          return;
        const outcome = await addAcceptance(app, system, checked);
        if (flags.json) context.printJson({ ...outcome, covers: checked.covers });
        else
          context.print(
            `Acceptance ${outcome.id} is recorded; it covers ${covers}. Next: tieline sync plan --system ${system}, or tieline sync run`,
          );
      });
    });

  acceptances
    .command('withdraw <id>')
    .description('end a rule; the next sync ends it at the server')
    .option('--reason <text>', 'for the journal')
    .option('--by <name>', 'who decides (default: the name of the account)')
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { reason?: string; by?: string }>();
      const decided = { by: flags.by ?? userInfo().username, reason: flags.reason };
      const outcome = await context.host.withApp(flags, (app) =>
        withdrawAcceptance(app, wholeNumber(1, 2 ** 31 - 1)(id), decided),
      );
      if (flags.json) context.printJson(outcome);
      else context.print(`Acceptance ${id} is withdrawn. Next: tieline sync run --system ${outcome.system}`);
    });
}
