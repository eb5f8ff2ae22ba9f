import { readFile } from 'node:fs/promises';
import { password } from './password-prompt.ts';
import type { Command } from 'commander';
import pc from 'picocolors';
import { parse as parseYaml } from 'yaml';
import { moduleFor } from '../app/connections/connect.ts';
import { addSystem, checkSystem, listSystemFacts } from '../app/connections/systems.ts';
import type { App } from '../app/app.ts';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { Secret } from '../model/secret.ts';
import type { CommandContext, GlobalFlags, Terminal } from './command-context.ts';
import { table } from './table.ts';

interface AddFlags extends GlobalFlags {
  readonly name: string;
  readonly url: string;
  readonly set?: string[];
  readonly secretsFile?: string;
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function addSystemsCommands(program: Command, context: CommandContext): void {
  const systems = program.command('systems').description('the external systems that Tieline talks to');

  systems
    .command('add <type>')
    .description(
      'add a system (type: tenable, xacta); its secrets are asked for, or taken from the environment or a file',
    )
    .requiredOption('--name <name>', 'what to call it, for example tenable-prod')
    .requiredOption('--url <url>', 'its address, for example https://cloud.tenable.com')
    .option(
      '--set <key=value>',
      'a further setting of the connector that is not secret; may be given more than once',
      collect,
    )
    .option('--secrets-file <file>', 'a YAML file with the secrets, one `name: value` a line')
    .addHelpText(
      'after',
      '\nSecrets are never arguments. From the environment: TENABLE_ACCESS_KEY, TENABLE_SECRET_KEY; XACTA_PASSWORD.',
    )
    .action(async (type: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<AddFlags>();
      await context.host.withApp(flags, async (app) => {
        const row = await addSystem(app, {
          type,
          name: flags.name,
          url: flags.url,
          settings: settingsFrom(
            flags.set ?? [],
            moduleFor(app, type).declaration.secrets.map((secret) => secret.name),
          ),
          secrets: await secretsFor(app, type, flags.secretsFile, context.host.terminal),
        });
        if (flags.json)
          context.printJson({ name: row.system_name, type: row.system_type, url: row.api_base_url });
        else
          context.print(
            `${row.system_name} is added. Check it with: tieline systems check ${row.system_name}`,
          );
      });
    });

  systems
    .command('list')
    .description('the systems, without their secrets')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const facts = await context.host.withApp(flags, listSystemFacts);
      if (flags.json) context.printJson(facts);
      else if (facts.length === 0)
        context.print('There is none yet. Add one with: tieline systems add tenable --name … --url …');
      else
        context.print(
          table(
            ['NAME', 'TYPE', 'ADDRESS', 'SYNC', 'LAST SYNC (UTC)'],
            facts.map((each) => [
              each.name,
              each.type,
              each.url,
              each.enabled ? 'on' : 'off',
              each.lastSync ?? 'never',
            ]),
          ),
        );
    });

  systems
    .command('check <name>')
    .description('reach, TLS, sign-in, each permission, clock: one line each, with the remedy')
    .action(async (name: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      await context.host.withApp(flags, async (app) => {
        const results = [];
        for await (const result of checkSystem(app, name, context.host.signal)) {
          results.push(result);
          if (flags.json) continue;
          const mark = { ok: pc.green('ok     '), warning: pc.yellow('warning'), failed: pc.red('failed ') }[
            result.status
          ];
          context.print(
            `${mark}  ${result.check.padEnd(24)}  ${result.detail}${result.remedy ? `\n         ${' '.repeat(24)}  → ${result.remedy}` : ''}`,
          );
        }
        if (flags.json) context.printJson(results);
        if (results.some((result) => result.status === 'failed')) context.result.exitCode = 1;
      });
    });
}

/** `key=value` pairs; a value that is JSON (a number, true) is taken as such. */
function settingsFrom(pairs: readonly string[], secretNames: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair): [string, Json] => {
      const at = pair.indexOf('=');
      const key = pair.slice(0, at);
      if (at < 1) throw new TielineError('USAGE', `"${pair}" is not of the form key=value.`);
      if (secretNames.includes(key))
        throw new TielineError(
          'USAGE',
          `${key} is a secret and must not be an argument: others on this machine can read arguments.`,
          {
            remedy: 'Leave it out to be asked for it, or give it in the environment or with --secrets-file.',
          },
        );
      const value = pair.slice(at + 1);
      return [key, /^(-?\d+(\.\d+)?|true|false)$/.test(value) ? (JSON.parse(value) as Json) : value];
    }),
  );
}

async function secretsFor(
  app: App,
  type: string,
  file: string | undefined,
  terminal: Terminal,
): Promise<Record<string, Secret>> {
  const { secrets } = moduleFor(app, type).declaration;
  const fromFile = file === undefined ? {} : await readSecretsFile(file);
  const given: Record<string, Secret> = {};
  const missing: string[] = [];
  for (const secret of secrets) {
    const text = fromFile[secret.name] ?? terminal.env[secret.env];
    if (typeof text === 'string' && text !== '') given[secret.name] = new Secret(text);
    else if (terminal.in.isTTY) {
      const typed = await password(
        terminal,
        secret.optional ? `${secret.prompt} (Enter for none)` : secret.prompt,
      );
      if (typed.reveal() !== '' || !secret.optional) given[secret.name] = typed;
    } else if (!secret.optional) missing.push(`${secret.name} (${secret.env})`);
  }
  if (missing.length > 0)
    throw new TielineError('SETTING_INVALID', `Secrets are missing: ${missing.join(', ')}.`, {
      remedy:
        'Set the environment variable in brackets, give --secrets-file, or run the command in a terminal to be asked.',
    });
  return given;
}

async function readSecretsFile(file: string): Promise<JsonObject> {
  try {
    const content: unknown = parseYaml(await readFile(file, 'utf8'));
    if (isJsonObject(content)) return content;
  } catch (error) {
    throw new TielineError(
      'SETTING_INVALID',
      `The secrets file ${file} could not be read: ${error instanceof Error && 'code' in error ? messageOf(error) : 'it is not YAML'}.`,
    );
  }
  throw new TielineError(
    'SETTING_INVALID',
    `The secrets file ${file} is not a list of \`name: value\` lines.`,
  );
}
