/** Inputs that several actions have, and texts in which fields of the record stand. */
import { z } from 'zod';
import { allRoles, type Role } from '../../../canonical/access/index.ts';
import { isJsonObject, type Json, scalarText } from '../../../platform/values/index.ts';
import type { RecordKind } from '../../../canonical/workflow/index.ts';
import { closest } from '../../../platform/errors/index.ts';
import { fieldsOf, type Snapshot } from '../conditions/index.ts';

const dayMs = 86_400_000;

/** Lists that an input names one of: an editor offers them. */
type Picks = 'assignee' | 'channel' | 'connection' | 'report_template';

/** What an editor is told of an input, in its JSON schema. @param description in plain words. */
export const picked = (picks: Picks, description: string) => ({ picks, description });

/** A text in which `{poam.owner}` stands for that field of the record; `fills` says so to an editor. */
export const template = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .meta({ fills: true, description: 'a text; {poam.due} stands for that field of the record' });

/** A person or team by name; `{system.isso}` and the like stand for a field. */
export const assignee = template(200).meta(
  picked('assignee', 'a person or team by name; {system.isso} stands for that field of the record'),
);

export const inDays = z.number().int().min(0).max(400).describe('so many days from the day of the run');

export const roleNames = z
  .array(z.enum(allRoles as readonly [Role, ...Role[]])) // there are some
  .min(1)
  .max(5)
  .describe('whoever holds one of these roles in the boundary of the record');

export const dayIn = (now: Date, days: number): string =>
  new Date(now.getTime() + days * dayMs).toISOString().slice(0, 10);

function fieldOf(record: Snapshot, path: string): Json | undefined {
  const value = path
    .split('.')
    .reduce<Json | undefined>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), record.plain);
  return value === null ? undefined : value;
}

const shown = (value: Json): string => {
  if (Array.isArray(value)) return value.slice(0, 20).map(shown).join(', ');
  if (isJsonObject(value))
    return typeof value['id'] === 'string' ? value['id'] : `${Object.keys(value).length} fields`;
  const text = scalarText(value);
  return /^\d{4}-\d\d-\d\dT00:00:00\.000Z$/.test(text) ? text.slice(0, 10) : text;
};

/** A field in a text: `{poam.due}`. */
const named = /\{([a-z_]+(?:\.[a-z_]+)*)\}/g;

/** Fields that texts name and that records of the kind do not have: a misspelt one would be told as empty for ever. */
export function unknownFields(
  inputs: Readonly<Record<string, unknown>>,
  kind: RecordKind,
): { readonly path: string; readonly message: string }[] {
  const known = ['title', ...fieldsOf(kind).map(({ path }) => path)];
  const look = (value: unknown, path: string): { path: string; message: string }[] => {
    if (typeof value === 'string')
      return [...value.matchAll(named)].flatMap(([, field = '']) => {
        if (known.includes(field)) return [];
        const meant = closest(field, known);
        return [
          {
            path,
            message: `{${field}} is no field of a ${kind}${meant === undefined ? '' : `: did you mean {${meant}}?`}`,
          },
        ];
      });
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) =>
      look(inner, path === '' ? name : `${path}.${name}`),
    );
  };
  return look(inputs, '');
}

/** The text with the fields of the record in it; one that is empty is `(none)`, so that nobody takes a gap for a word. */
export const filled = (text: string, record: Snapshot): string =>
  text.replaceAll(named, (_all, path: string) => {
    if (path === 'title') return record.title;
    const value = fieldOf(record, path);
    return value === undefined ? '(none)' : shown(value);
  });

/** The text filled, or undefined where a field that it names is empty: nobody is called `(none)`. */
export function filledWhole(text: string, record: Snapshot): string | undefined {
  const whole = filled(text, record);
  return whole.includes('(none)') ? undefined : whole;
}

/** The POA&M that a record is, or that answers it. */
export function poamOf(record: Snapshot): string | undefined {
  if (record.kind === 'poam') return record.id;
  const id = fieldOf(record, `${record.kind}.poam.id`);
  return typeof id === 'string' ? id : undefined;
}
