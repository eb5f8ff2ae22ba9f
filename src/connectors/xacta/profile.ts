/**
 * A REST profile: what one Xacta installation's interface looks like (decision 0019). Installations differ in
 * release, fields, value lists and in what the account may do, so nothing of this is in the code; the profile that
 * ships describes our own simulator.
 */
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { messageOf, TielineError } from '../../platform/errors/index.ts';

const path = z.string().startsWith('/', 'must begin with a slash');
const fieldPath = z.string().min(1);

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic') }),
  z.strictObject({
    kind: z.literal('bearer'),
    header: z.string().default('Authorization'),
    scheme: z.string().default('Bearer'),
  }),
  z.strictObject({
    kind: z.literal('login'),
    path,
    refreshPath: path.optional(),
    usernameField: z.string().default('username'),
    passwordField: z.string().default('password'),
    tokenField: fieldPath,
    /** Seconds; without it a token is used until it is refused. */
    expiresInField: fieldPath.optional(),
    header: z.string().default('Authorization'),
    scheme: z.string().default('Bearer'),
  }),
  z.strictObject({
    kind: z.literal('oauth2-client-credentials'),
    path,
    scope: z.string().optional(),
    header: z.string().default('Authorization'),
    scheme: z.string().default('Bearer'),
  }),
]);

const paging = z.discriminatedUnion('style', [
  z.strictObject({ style: z.literal('none') }),
  z.strictObject({
    style: z.literal('page'),
    pageParameter: z.string(),
    sizeParameter: z.string().optional(),
    size: z.int().min(1).max(1000).default(100),
    first: z.int().default(1),
    next: fieldPath.optional(),
  }),
  z.strictObject({
    style: z.literal('offset'),
    offsetParameter: z.string(),
    sizeParameter: z.string(),
    size: z.int().min(1).max(1000).default(100),
  }),
  z.strictObject({
    style: z.literal('cursor'),
    cursorParameter: z.string(),
    next: fieldPath,
    sizeParameter: z.string().optional(),
    size: z.int().min(1).max(1000).default(100),
  }),
  z.strictObject({
    style: z.literal('link'),
    sizeParameter: z.string().optional(),
    size: z.int().min(1).max(1000).default(100),
  }),
]);

const write = z.strictObject({ method: z.enum(['POST', 'PUT', 'PATCH']), path });

const entity = z
  .strictObject({
    parent: z.strictObject({ entity: z.enum(['system', 'poam']), field: fieldPath }).optional(),
    list: z
      .strictObject({
        path,
        items: fieldPath.optional(),
        query: z.record(z.string(), z.string()).default({}),
      })
      .optional(),
    /** The records are inside those of the parent, in this field. */
    inline: z.strictObject({ field: fieldPath }).optional(),
    get: z.strictObject({ path }).optional(),
    create: write.optional(),
    update: write.optional(),
    /** The list parameter that finds a record by the integrator's key, and the field that carries it. */
    findBy: z.strictObject({ parameter: z.string(), field: fieldPath }).optional(),
    id: fieldPath,
    version: fieldPath.optional(),
    /** When the record was last changed, and by whom; shown with conflicts. */
    changedAt: fieldPath.optional(),
    changedBy: fieldPath.optional(),
    readOnly: z.array(z.string()).default([]),
    /** How a new record carries its file: as the body, with its fields in the query, or in a form beside them. Only of artifacts. */
    content: z
      .union([
        z.literal('body'),
        z.strictObject({ kind: z.literal('form'), file: z.string().min(1).default('file') }),
      ])
      .optional(),
    /** The largest file that the server takes, in bytes: a larger one is refused before it is sent. Only of artifacts. */
    largestFile: z.int().min(1).optional(),
  })
  .refine(
    (each) => each.list !== undefined || (each.inline !== undefined && each.parent !== undefined),
    'needs either `list`, or `inline` with `parent`',
  );

export const profileSchema = z.strictObject({
  profile: z.string().min(1),
  title: z.string().min(1),
  auth,
  paging,
  changedSince: z.strictObject({ parameter: z.string() }).optional(),
  concurrency: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('if-match') }),
    z.strictObject({ kind: z.literal('body-field'), field: z.string() }),
    /** Read, compare, write: weaker, since somebody may write between. */
    z.strictObject({ kind: z.literal('none') }),
  ]),
  errors: z.strictObject({
    message: fieldPath,
    fields: fieldPath.optional(),
    field: z.string().default('field'),
    fieldMessage: z.string().default('message'),
  }),
  /** Where the account's rights can be read, for `connections check`. */
  account: z.strictObject({ path, permissions: fieldPath, write: z.string() }).optional(),
  entities: z.strictObject({
    system: entity,
    component: entity.optional(),
    control: entity.optional(),
    poam: entity,
    milestone: entity.optional(),
    /** Files kept with a POA&M. `{name}` in a path is a field of the POA&M. Absent: evidence is not sent, and listed so. */
    artifact: entity.optional(),
  }),
});
export type Profile = z.output<typeof profileSchema>;
export type ProfileEntity = Profile['entities']['system'];
export type ProfiledEntity = keyof Profile['entities'];

/** @throws TielineError PROFILE_INVALID naming each wrong field and its rule. */
export function parseProfile(text: string, name: string): Profile {
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch (error) {
    throw new TielineError('PROFILE_INVALID', `The profile ${name} is not YAML: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const parsed = profileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new TielineError('PROFILE_INVALID', `The profile ${name} cannot be used.`, {
    fields: parsed.error.issues.map((issue) => ({
      field: issue.path.join('.') || '(whole file)',
      message: issue.message,
    })),
  });
}

/** By name, with the text that was parsed: a run asks twice, and parsing takes longer than comparing 1,000 records. */
const parsedBefore = new Map<string, { readonly text: string; readonly profile: Profile }>();

/** @param name `default`, or the path of a YAML file. @throws TielineError PROFILE_INVALID. */
export function loadProfile(name: string): Profile {
  const file = name === 'default' ? new URL('./profiles/default.yaml', import.meta.url) : name;
  try {
    const text = readFileSync(file, 'utf8');
    const before = parsedBefore.get(name);
    if (before?.text === text) return before.profile;
    const profile = parseProfile(text, name);
    parsedBefore.set(name, { text, profile });
    return profile;
  } catch (error) {
    if (error instanceof TielineError) throw error;
    throw new TielineError('PROFILE_INVALID', `The profile ${name} could not be read: ${messageOf(error)}`, {
      cause: error,
      remedy: 'Name `default` or the path of a YAML file in the setting `profile`.',
    });
  }
}
