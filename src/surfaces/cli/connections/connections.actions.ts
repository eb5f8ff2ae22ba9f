/** `connections add|show|check`. */
import {
  addSystem,
  checkNewSystem,
  checkSystem,
  describeConnection,
  moduleFor,
  remedyText,
  requiredSettings,
} from '../../../engine/connections/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { printCheck } from './print-check.ts';
import { shellWord } from '../kit/hint.ts';
import { secretsFor, settingsFrom } from './connection-inputs.ts';
import { connectionLines } from './connection.view.ts';

interface AddFlags extends GlobalFlags {
  readonly name: string;
  readonly url: string;
  readonly set?: string[];
  readonly secretsFile?: string;
}

export async function addConnection(
  context: CommandContext,
  flags: AddFlags,
  [type]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const { declaration } = moduleFor(app, type);
    const wanted = {
      type,
      name: flags.name,
      url: flags.url,
      settings: settingsFrom(flags.set ?? [], declaration),
    };
    // Before secrets are asked for: no one likes to type them for nothing.
    const values = await checkNewSystem(app, wanted);
    const secretNames = declaration.secrets.map((secret) => secret.name);
    const secrets = await secretsFor(
      declaration,
      requiredSettings(declaration, values).filter((name) => secretNames.includes(name)),
      { file: flags.secretsFile, terminal: context.host.terminal },
    );
    const row = await addSystem(app, { ...wanted, secrets });
    if (flags.json)
      context.printJson('connectionAdded', {
        name: row.system_name,
        type: row.system_type,
        url: row.api_base_url,
      });
    else
      context.print(
        `${row.system_name} is added. Check it with: tieline connections check ${shellWord(row.system_name)}`,
      );
  });
}

export async function showConnection(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  const facts = await context.host.withApp(flags, (app) => describeConnection(app, name));
  if (flags.json) context.printJson('connectionDetail', facts);
  else context.print(connectionLines(facts, context.width).join('\n'));
}

export async function checkConnection(
  context: CommandContext,
  flags: GlobalFlags & { readonly timeout: number },
  [name]: readonly [string],
): Promise<void> {
  const { signal } = context.host;
  await context.host.withApp(flags, async (app) => {
    const results = [];
    for await (const result of checkSystem(app, name, signal, flags.timeout * 1000)) {
      results.push(result);
      if (flags.json) continue;
      printCheck(context, { ...result, remedy: remedyText(result) });
    }
    if (flags.json) context.printJson('connectionChecks', results);
    if (results.some((result) => result.status === 'failed')) context.result.exitCode = 1;
  });
}
