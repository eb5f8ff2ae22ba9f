/**
 * Statements that are planned once a connection: where planning costs many times what carrying out does, and the statement is the same each time.
 * PostgreSQL plans one again by itself where a table or its statistics changed.
 */
import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';

const mark = '/* prepared */';

/** The beginning of such a statement. What differs from call to call must be a parameter: each text is another statement on the server. */
export const prepared: RawBuilder<unknown> = sql.raw(mark);

const names = new Map<string, string>();
const namesKept = 1_000;

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `tieline_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  if (names.size < namesKept) names.set(text, name);
  return name;
}

/** What the driver is to be asked for a statement: with a name, where it begins so. */
export function namedQuery(args: readonly unknown[]): readonly unknown[] {
  const [text, values, ...rest] = args;
  return typeof text === 'string' &&
    text.trimStart().startsWith(mark) &&
    Array.isArray(values) &&
    rest.length === 0
    ? [{ name: nameOf(text), text, values: values as unknown[] }]
    : args;
}
