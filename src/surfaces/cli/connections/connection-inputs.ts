/** What a person gives for a connection: settings as flags, secrets from a file, the environment or the terminal. */
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { type ConnectorDeclaration, unknownSetting } from '../../../engine/connections/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { isJsonObject, type JsonObject, Secret } from '../../../platform/values/index.ts';
import type { Terminal } from '../kit/command-context.ts';
import { password } from '../kit/password-prompt.ts';

/** `key=value` pairs as texts. @throws TielineError USAGE for a pair of another form, a key given twice, or a secret. */
export function settingsFrom(pairs: readonly string[], { secrets }: ConnectorDeclaration): JsonObject {
  const given: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at);
    if (at < 1) throw new TielineError('USAGE', `"${pair}" is not of the form key=value.`);
    if (secrets.some((secret) => secret.name === key))
      throw new TielineError(
        'USAGE',
        `${key} is a secret and must not be an argument: others on this machine can read arguments.`,
        { remedy: 'Leave it out to be asked for it, or give it in the environment or with --secrets-file.' },
      );
    if (key in given) throw new TielineError('USAGE', `${key} is given twice.`);
    given[key] = pair.slice(at + 1);
  }
  return given;
}

/**
 * Secrets, each from the file, else from the environment, else asked for at the terminal.
 * @param wanted their names. A file may hold more of the connector's secrets; those are used too.
 * @throws TielineError SETTING_INVALID naming those that are not available, and what the file has that is not a secret.
 */
export async function secretsFor(
  declaration: ConnectorDeclaration,
  wanted: readonly string[],
  from: { readonly file: string | undefined; readonly terminal: Terminal },
): Promise<Record<string, Secret>> {
  const fromFile = from.file === undefined ? {} : await readSecretsFile(from.file);
  const known = new Map(declaration.secrets.map((secret) => [secret.name, secret]));
  const wrong = [...Object.keys(fromFile), ...wanted].filter((name) => !known.has(name));
  if (wrong.length > 0)
    throw new TielineError('SETTING_INVALID', 'That is not a secret of this connection.', {
      fields: wrong.map((name) => unknownSetting(name, declaration)),
      remedy: `Its secrets are ${[...known.keys()].join(', ')}; everything else is given with --set.`,
    });
  const given: Record<string, Secret> = {};
  const missing: string[] = [];
  for (const name of new Set([...wanted, ...Object.keys(fromFile)])) {
    const secret = known.get(name);
    if (!secret) continue;
    const text = fromFile[name] ?? from.terminal.env[secret.env];

    if (typeof text === 'string' && text !== '') given[name] = new Secret(text);
    else if (from.terminal.in.isTTY) {
      const typed = await password(from.terminal, secret.prompt);
      if (typed.reveal() === '') missing.push(`${name} (nothing was typed)`);
      else given[name] = typed;
    } else missing.push(`${name} (${secret.env})`);
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
    // As texts: a password of digits with a leading zero is not a number.
    const content: unknown = parseYaml(await readFile(file, 'utf8'), { schema: 'failsafe' });
    if (isJsonObject(content)) return content;
  } catch (error) {
    throw new TielineError(
      'SETTING_INVALID',
      `The secrets file ${file} could not be read: ${error instanceof Error && 'code' in error && 'syscall' in error ? messageOf(error) : 'it is not YAML'}.`,
    );
  }
  throw new TielineError(
    'SETTING_INVALID',
    `The secrets file ${file} is not a list of \`name: value\` lines.`,
  );
}
