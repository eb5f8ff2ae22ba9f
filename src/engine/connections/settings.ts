/**
 * The settings of a connection, as its connector declares them: which there are, what a given text means, and what is
 * wrong or missing. One place for `connections add`, `set` and `show`, so that all three say the same.
 */
import { z } from 'zod';
import type { ConnectorDeclaration, ConnectorModule, SettingMeta } from '../../connectors/kit/index.ts';
import { closest, type FieldFault, TielineError } from '../../platform/errors/index.ts';
import type { Json, JsonObject, Secret } from '../../platform/values/index.ts';

export type { ConnectorDeclaration, ConnectorModule };

/** How hard a server is asked; of every connection, whatever its type. */
const limitSettings = z.object({
  requests_per_second: z.coerce
    .number()
    .gt(0)
    .max(10_000)
    .optional()
    .describe('Requests a second, at most; a busy server may want fewer than the default.'),
  concurrency: z.coerce.number().int().min(1).max(64).optional().describe('Requests at the same time.'),
});

export interface SettingFact {
  readonly name: string;
  readonly description: string;
  readonly secret: boolean;
  /** For a secret: the environment variable that it is read from. */
  readonly env?: string;
  /** What holds where it is not set; undefined: nothing. */
  readonly default?: Json;
  /** Its value is the path of a file that this machine reads; only its default is none. */
  readonly namesFile?: true;
}

function shapeOf(declaration: ConnectorDeclaration): Record<string, z.ZodType> {
  if (!(declaration.settings instanceof z.ZodObject))
    throw new TielineError('INTERNAL', `The settings of ${declaration.systemType} are not an object.`);
  const shape: Record<string, z.ZodType> = declaration.settings.shape;
  return { ...shape, ...limitSettings.shape };
}

/** Every setting of a type of connection, in the order of its declaration. */
export function settingsOf(declaration: ConnectorDeclaration): SettingFact[] {
  const limits: Readonly<Record<string, Json>> = {
    requests_per_second: declaration.limits.requestsPerSecond,
    concurrency: declaration.limits.concurrency,
  };
  return Object.entries(shapeOf(declaration)).map(([name, schema]) => {
    const secret = declaration.secrets.find((each) => each.name === name);
    const unset = secret ? undefined : schema.safeParse(undefined);
    const fallback = limits[name] ?? (unset?.success ? (unset.data as Json | undefined) : undefined);
    return {
      name,
      description: schema.description ?? secret?.prompt ?? '',
      secret: secret !== undefined,
      ...(secret ? { env: secret.env } : {}),
      ...(fallback === undefined ? {} : { default: fallback }),
      ...((schema.meta() as SettingMeta | undefined)?.namesFile === true ? { namesFile: true } : {}),
    };
  });
}

/** What a text may mean, the most literal first: itself, JSON, a list with commas. A text is never a number unless the setting wants one. */
function readings(given: Json): unknown[] {
  if (typeof given !== 'string') return [given, [given]];
  const parts = given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  try {
    const parsed: unknown = JSON.parse(given);
    return [given, parsed, parts];
  } catch {
    return [given, parts];
  }
}

const oneLine = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.expected === 'number'
    ? 'must be a number'
    : issue.code === 'invalid_value'
      ? `must be one of ${issue.values.map(String).join(', ')}`
      : issue.message;

function readOne(schema: z.ZodType, given: Json): { value: Json } | { message: string } {
  let firstMessage: string | undefined;
  for (const reading of readings(given)) {
    const parsed = schema.safeParse(reading);
    if (parsed.success) return { value: parsed.data as Json }; // settings that are not secrets are JSON
    // The rule that was broken says more than that another form was expected.
    const told = parsed.error.issues.find((issue) => issue.code !== 'invalid_type') ?? parsed.error.issues[0];
    if (told && (firstMessage === undefined || firstMessage.startsWith('Invalid input')))
      firstMessage = oneLine(told);
  }
  return { message: firstMessage ?? 'cannot be used' };
}

/** A fault that says which settings there are, and which was probably meant. */
export function unknownSetting(name: string, declaration: ConnectorDeclaration): FieldFault {
  const names = settingsOf(declaration).map((setting) => setting.name);
  const meant = closest(name, names);
  return {
    field: name,
    message: `is not a setting of ${declaration.systemType}.${meant === undefined ? '' : ` Did you mean ${meant}?`} Settings: ${names.join(', ')}`,
  };
}

/**
 * Reads settings that are not secrets, each by its own schema: digits stay a text where a text is meant, and one value is
 * a list of one where a list is.
 * @returns the values as they are stored, and what is wrong with the others: unknown, empty, or against its rule.
 */
export function readSettings(
  declaration: ConnectorDeclaration,
  given: JsonObject,
): { readonly values: JsonObject; readonly faults: readonly FieldFault[] } {
  const shape = shapeOf(declaration);
  const values: Record<string, Json> = {};
  const faults: FieldFault[] = [];
  for (const [name, value] of Object.entries(given)) {
    const schema = shape[name];
    if (!schema) faults.push(unknownSetting(name, declaration));
    else if (value === undefined || value === null || value === '')
      faults.push({ field: name, message: 'is empty; to go back to the default, unset it' });
    else {
      const read = readOne(schema, value);
      if ('value' in read) values[name] = read.value;
      else faults.push({ field: name, message: `${read.message} (got ${JSON.stringify(value)})` });
    }
  }
  return { values, faults };
}

/** Names of what must be there with these settings: settings and secrets. @throws PROFILE_INVALID where a profile says it and is wrong. */
export function requiredSettings(declaration: ConnectorDeclaration, values: JsonObject): readonly string[] {
  return (
    declaration.requires?.(values) ??
    declaration.secrets.filter((secret) => !secret.optional).map((secret) => secret.name)
  );
}

/**
 * What is wrong with the settings as a whole: what is missing, and what does not go together.
 * @param secrets those that there are.
 */
export function faultsOfWhole(
  declaration: ConnectorDeclaration,
  values: JsonObject,
  secrets: Readonly<Record<string, Secret>>,
): FieldFault[] {
  const missing = requiredSettings(declaration, values).filter(
    (name) => values[name] === undefined && secrets[name] === undefined,
  );
  if (missing.length > 0)
    return missing.map((field) => {
      const secret = declaration.secrets.find((each) => each.name === field);
      return {
        field,
        message: secret ? `is missing (a secret; ${secret.env})` : `is missing: --set ${field}=…`,
      };
    });
  const parsed = declaration.settings.safeParse({ ...values, ...secrets });
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: oneLine(issue) }));
}
