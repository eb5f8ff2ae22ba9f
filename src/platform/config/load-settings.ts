import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type FieldFault, messageOf, TielineError } from '../errors/index.ts';
import { settingsTable, type SettingEntry, type SettingName, type SettingsByName } from './settings-table.ts';

export interface SettingSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values given as flags, by setting name. */
  readonly flags: Partial<Readonly<Record<SettingName, string>>>;
  /** The config file that was asked for (--config, TIELINE_CONFIG); must exist. */
  readonly configFile?: string;
  /** The usual value of this command where none is given: before the default of the table. */
  readonly usual?: Partial<Readonly<Record<SettingName, string>>>;
  /** Where tieline.yaml is looked for when none was asked for. */
  readonly workingDir: string;
}

const entries = Object.entries(settingsTable) as [SettingName, SettingEntry][];

function readConfigFile(sources: SettingSources): { name: string; values: Record<string, unknown> } {
  const asked = sources.configFile ?? sources.env['TIELINE_CONFIG'];
  const name = asked ?? `${sources.workingDir}/tieline.yaml`;
  if (asked === undefined && !existsSync(name)) return { name, values: {} };
  let content: unknown;
  try {
    // Most commands have no config file, and the library is as large as all else that reads settings.
    const { parse: parseYaml } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
    content = parseYaml(readFileSync(name, 'utf8')) ?? {};
  } catch (error) {
    throw new TielineError(
      'SETTING_INVALID',
      `The config file ${name} could not be read: ${messageOf(error)}`,
      {
        remedy: 'Give a YAML file of settings, one `key: value` a line; docs/settings.md lists the keys.',
        cause: error,
      },
    );
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new TielineError(
      'SETTING_INVALID',
      `The config file ${name} is not a list of \`key: value\` lines.`,
    );
  return { name, values: content as Record<string, unknown> };
}

/**
 * Reads the settings: flags before environment before config file before default. An empty environment variable
 * counts as not set.
 * @throws TielineError SETTING_INVALID with one entry a wrong setting: its name, the rule, an example. Values of
 *   secret settings are not in the message.
 */
export function loadSettings(sources: SettingSources): SettingsByName {
  const file = readConfigFile(sources);
  const faults: FieldFault[] = [];
  const known = new Set(entries.map(([, entry]) => entry.key));
  for (const key of Object.keys(file.values))
    if (!known.has(key))
      faults.push({
        field: `${key} in ${file.name}`,
        message: `is not a setting; the settings are ${[...known].join(', ')}`,
      });

  const loaded = entries.map(([name, entry]) => {
    const flag = sources.flags[name];
    const fromEnv = sources.env[entry.env] === '' ? undefined : sources.env[entry.env];
    const [where, given] =
      flag !== undefined
        ? [entry.flag ?? name, flag]
        : fromEnv !== undefined
          ? [entry.env, fromEnv]
          : [`${entry.key} in ${file.name}`, file.values[entry.key]];
    const result = entry.type.safeParse(given ?? sources.usual?.[name] ?? undefined);
    if (result.success) return [name, result.data];
    const rule = result.error.issues.map((issue) => issue.message).join('; ');
    const shown = entry.secret ? '' : ` (got ${JSON.stringify(given)})`;
    faults.push({ field: where, message: `${rule}${shown}; for example: ${entry.example}` });
    return [name, undefined];
  });
  if (faults.length > 0)
    throw new TielineError(
      'SETTING_INVALID',
      faults.length === 1 ? 'A setting is wrong.' : `${faults.length} settings are wrong.`,
      {
        fields: faults,
        remedy: 'Correct it and run the command again; nothing was done.',
      },
    );
  return Object.fromEntries(loaded) as SettingsByName; // each value was just parsed by its own entry's type
}
