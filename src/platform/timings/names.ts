/** Names of operations that hold nothing of a record: few enough to be counted by, and fit to be shown to whoever watches the machine. */
import { hash } from 'node:crypto';

const isVersion = /^v\d+$/;
const mostLetters = 30;

/** A path with `{id}` in place of what names a record: each part with a digit, a space or an escape in it, or longer than words are. */
export const pathShape = (path: string): string =>
  path
    .split('/')
    .map((part) =>
      !isVersion.test(part) && (/[\d%\s@:]/.test(part) || part.length > mostLetters) ? '{id}' : part,
    )
    .join('/');

const verb = /^\s*(?:\/\*.*?\*\/\s*)?([a-z]+)/i;
const table = /\b(?:from|into|update|join|table|analyze)\s+(?:only\s+)?"?(?:[a-z_]+"?\."?)?([a-z_]+)"?/i;
const notTables: ReadonlySet<string> = new Set(['lateral', 'unnest', 'select', 'jsonb_to_recordset', 'skip']);

function classify(text: string): string {
  const word = verb.exec(text)?.[1]?.toLowerCase() ?? 'other';
  const found = table.exec(text)?.[1]?.toLowerCase();
  return found === undefined || notTables.has(found) ? word : `${word} ${found}`;
}

/** Statements are few and come again; those with values in them are not kept. By a hash: a text can be as long as what it inserts. */
const mostKnown = 2000;
const known = new Map<string, string>();

/** What a statement does to which table first, such as `select ingestion_assets`: its verb, and the first table that it names. */
export function statementClass(text: string): string {
  const key = hash('sha1', text, 'base64'); // no secret depends on it
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = classify(text);
  if (known.size < mostKnown) known.set(key, found);
  return found;
}
