/** `connections …`: the servers that Tieline talks to. `systems add|list|check` are their old names and still work. */
import type { Command } from 'commander';
import { moduleFor } from '../../app/connections/connect.ts';
import { describeConnection } from '../../app/connections/describe-connection.ts';
import {
  requiredSettings,
  settingsOf,
  type ConnectorDeclaration,
  type ConnectorModule,
} from '../../app/connections/settings.ts';
import { addSystem, checkNewSystem, checkSystem, listSystemFacts } from '../../app/connections/systems.ts';
import { coloursFor } from '../kit/colours.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { collect, secretsFor, settingsFrom } from './connection-inputs.ts';
import { addChangeCommands } from './change-connection.actions.ts';
import { fittedTable, widthOf, wrapped } from '../kit/fitted-table.ts';
import { wholeNumber } from '../kit/flags.ts';
import { shellWord } from '../kit/hint.ts';
import { connectionLines } from './connection.view.ts';

interface AddFlags extends GlobalFlags {
  readonly name: string;
  readonly url: string;
  readonly set?: string[];
  readonly secretsFile?: string;
}

/** How long `connections check` lets a server take, so that the answer is there within ten seconds. */
const answersWithinSeconds = 8;

export function addConnectionsCommands(program: Command, context: CommandContext): void {
  const connections = program
    .command('connections')
    .description('the external systems that Tieline talks to: add, change, check, pause, remove');
  addAddCommand(connections, context);
  addListCommand(connections, context);
  addShowCommand(connections, context);
  addCheckCommand(connections, context);
  addChangeCommands(connections, context);

  const systems = program.command('systems', { hidden: true }).description('the old name of `connections`');
  addAddCommand(systems, context);
  addListCommand(systems, context);
  addCheckCommand(systems, context);
  systems.hook('preAction', (_systems, action) => {
    // With --json the standard error is for one object, too.
    if (!action.optsWithGlobals<GlobalFlags>().json)
      context.host.terminal.err.write(
        `tieline: \`systems ${action.name()}\` is now \`connections ${action.name()}\`; the old name still works.\n`,
      );
  });
}

/** For --help: the types with the variables of their secrets, and what can be set. */
function typesText(modules: Iterable<ConnectorModule>): string {
  const lines = [...modules].flatMap(({ declaration }) => [
    `  ${declaration.systemType}  ${declaration.title}`,
    ...field('secrets', declaration.secrets.map((secret) => `${secret.name} (${secret.env})`).join(', ')),
    ...field('settings', namesOf(declaration).join(', ')),
  ]);
  return lines.join('\n');
}

const namesOf = (declaration: ConnectorDeclaration): string[] =>
  settingsOf(declaration)
    .filter((setting) => !setting.secret)
    .map((setting) => setting.name);

const field = (name: string, text: string): string[] =>
  wrapped(text, 64).map((line, at) => `    ${(at === 0 ? name : '').padEnd(8)}  ${line}`);

function addAddCommand(parent: Command, context: CommandContext): void {
  const { modules } = context.host;
  parent
    .command('add <type>')
    .description(
      `add one (types: ${[...modules.keys()].join(', ')}); its secrets are asked for, or taken from the environment or a file`,
    )
    .requiredOption('--name <name>', 'what to call it, for example tenable-prod')
    .requiredOption('--url <url>', 'its address, for example https://cloud.tenable.com')
    .option('--set <key=value>', 'a setting that is not secret; may be given more than once', collect)
    .option('--secrets-file <file>', 'a YAML file with the secrets, one `name: value` a line')
    .addHelpText(
      'after',
      `\nTypes, with the environment variables of their secrets (secrets are never arguments):\n${typesText(modules.values())}`,
    )
    .action(async (type: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<AddFlags>();
      await context.host.withApp(flags, async (app) => {
        const { declaration } = moduleFor(app, type);
        const wanted = {
          type,
          name: flags.name,
          url: flags.url,
          settings: settingsFrom(flags.set ?? [], declaration),
        };
        // Before secrets are asked for: nobody likes to type them for nothing.
        const values = await checkNewSystem(app, wanted);
        const secretNames = declaration.secrets.map((secret) => secret.name);
        const secrets = await secretsFor(
          declaration,
          requiredSettings(declaration, values).filter((name) => secretNames.includes(name)),
          { file: flags.secretsFile, terminal: context.host.terminal },
        );
        const row = await addSystem(app, { ...wanted, secrets });
        if (flags.json)
          context.printJson({ name: row.system_name, type: row.system_type, url: row.api_base_url });
        else
          context.print(
            `${row.system_name} is added. Check it with: tieline connections check ${shellWord(row.system_name)}`,
          );
      });
    });
}

function addListCommand(parent: Command, context: CommandContext): void {
  parent
    .command('list')
    .description('the connections, without their settings')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const facts = await context.host.withApp(flags, listSystemFacts);
      if (flags.json) context.printJson(facts);
      else if (facts.length === 0)
        context.print('There are none yet. Add one with: tieline connections add tenable --name … --url …');
      else
        context.print(
          fittedTable(
            ['NAME', 'TYPE', 'ADDRESS', 'SYNC', 'LAST SYNC (UTC)'],
            facts.map((each) => [
              each.name,
              each.type,
              each.url,
              each.url === 'file:'
                ? 'files'
                : each.enabled
                  ? each.sendingPaused
                    ? 'reads only'
                    : 'on'
                  : 'paused',
              each.lastSync?.slice(0, 16) ?? 'never',
            ]),
            widthOf(context.host.terminal),
          ),
        );
    });
}

function addShowCommand(parent: Command, context: CommandContext): void {
  parent
    .command('show <name>')
    .description('one connection: its settings, which secrets it has, what is missing, what hangs on it')
    .action(async (name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const facts = await context.host.withApp(flags, (app) => describeConnection(app, name));
      if (flags.json) context.printJson(facts);
      else context.print(connectionLines(facts, widthOf(context.host.terminal)).join('\n'));
    });
}

function addCheckCommand(parent: Command, context: CommandContext): void {
  parent
    .command('check <name>')
    .description('reach, TLS, sign-in, each permission, clock: one line each, with the remedy')
    .option('--timeout <seconds>', 'for a slow server', wholeNumber(1, 600), answersWithinSeconds)
    .action(async (name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { timeout: number }>();
      const width = widthOf(context.host.terminal) ?? Number.POSITIVE_INFINITY;
      const pc = coloursFor(context.host.terminal.out, context.host.terminal.env);
      await context.host.withApp(flags, async (app) => {
        const results = [];
        for await (const result of checkSystem(app, name, context.host.signal, flags.timeout * 1000)) {
          results.push(result);
          if (flags.json) continue;
          const mark = { ok: pc.green('ok     '), warning: pc.yellow('warning'), failed: pc.red('failed ') }[
            result.status
          ];
          const [first = '', ...rest] = wrapped(result.detail, Math.max(20, width - 35));
          const remedy = result.remedy ? wrapped(`→ ${result.remedy}`, Math.max(20, width - 35)) : [];
          context.print(`${mark}  ${result.check.padEnd(24)}  ${first}`);
          for (const line of [...rest, ...remedy]) context.print(`${' '.repeat(35)}${line}`);
        }
        if (flags.json) context.printJson(results);
        if (results.some((result) => result.status === 'failed')) context.result.exitCode = 1;
      });
    });
}
