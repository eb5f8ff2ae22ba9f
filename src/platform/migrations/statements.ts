/**
 * Reads our own migration files as data: statement by statement, with what each makes and what it refers to. That lets
 * one set of files serve a fresh database, which runs them as they are, and an adopted one, where tables are there
 * already, indexes must be built without blocking, and names may be taken. It is not an SQL parser: it knows the forms
 * that our files use, and a test holds it against PostgreSQL's own parser for every statement of them. Not read: a body of
 * SQL between BEGIN ATOMIC and END, whose semicolons end no statement.
 */

/** A reference of a column to another table, with the place of its text in the definition. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  /** `ON DELETE …` as written, or an empty text. */
  readonly onDelete: string;
  /** The clause as written. */
  readonly text: string;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  /** All after the name, as written. */
  readonly definition: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  readonly unique: boolean;
  /** As written, without DEFAULT. */
  readonly defaultValue: string | undefined;
  readonly reference: Reference | undefined;
  /** A check, with the name it is given; the text as written. */
  readonly check:
    | { readonly name: string | undefined; readonly expression: string; readonly text: string }
    | undefined;
}

export type Kind =
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly ColumnDefinition[] }
  | { readonly kind: 'partition'; readonly table: string; readonly parent: string }
  | {
      readonly kind: 'index';
      readonly name: string;
      readonly table: string;
      readonly unique: boolean;
      /** Everything after the table's name. */
      readonly rest: string;
      /** The names of the columns, where the index is over plain columns. */
      readonly columns: readonly string[];
      readonly partial: boolean;
    }
  | { readonly kind: 'drop index'; readonly name: string }
  | { readonly kind: 'drop table'; readonly table: string }
  | { readonly kind: 'add columns'; readonly table: string; readonly columns: readonly ColumnDefinition[] }
  | { readonly kind: 'comment'; readonly table: string | undefined; readonly column: string | undefined }
  | { readonly kind: 'function'; readonly name: string; readonly signature: string }
  | { readonly kind: 'other' };

export interface Statement {
  readonly file: string;
  /** Line in the file on which it begins, from 1. */
  readonly line: number;
  readonly sql: string;
  readonly is: Kind;
}

// Every start of a command reads all files: they are walked by the letters that mean something, not by all.
const meaningful = /[-/'"$(),;]/g;

/** Index of the next letter that may begin or end something, or the length of the text. */
function nextMeaningful(text: string, from: number): number {
  meaningful.lastIndex = from;
  return meaningful.exec(text)?.index ?? text.length;
}

const identifierLetter = /[\w$\u0080-\uffff]/;

/** Index after a comment, quoted text or dollar-quoted text that begins at `at`, or `at` where none does. */
function skipOpaque(text: string, at: number): number {
  const rest = text.slice(at, at + 64);
  const ends = (mark: string, from: number): number => {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found + mark.length;
  };
  if (rest.startsWith('--')) return ends('\n', at);
  if (rest.startsWith('/*')) return afterBlockComment(text, at);
  const quote = rest[0];
  if (quote === "'" && hasEscapes(text, at)) return afterEscapedText(text, at);
  if (quote === "'" || quote === '"') return ends(quote, at + 1);
  const dollar = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(rest)?.[0];
  // A dollar inside a name begins nothing.
  if (dollar === undefined || identifierLetter.test(text[at - 1] ?? '')) return at;
  return ends(dollar, at + dollar.length);
}

/** Block comments nest in PostgreSQL. */
function afterBlockComment(text: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

/** Whether the quote at `at` opens a text in which a backslash escapes: E'…', and no name that ends with an e. */
function hasEscapes(text: string, at: number): boolean {
  return /[eE]/.test(text[at - 1] ?? '') && !identifierLetter.test(text[at - 2] ?? '');
}

function afterEscapedText(text: string, at: number): number {
  const end = /(?:[^'\\]|\\[\s\S])*'/y;
  end.lastIndex = at + 1;
  return end.test(text) ? end.lastIndex : text.length;
}

/** The parts between `separator` at depth 0 of parentheses, with where each begins. */
function split(text: string, separator: ',' | ';'): { text: string; start: number }[] {
  const parts: { text: string; start: number }[] = [];
  let depth = 0;
  let start = 0;
  for (let at = nextMeaningful(text, 0); at < text.length; at = nextMeaningful(text, at)) {
    const after = skipOpaque(text, at);
    if (after > at) {
      at = after;
      continue;
    }
    const character = text[at];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === separator && depth === 0) {
      parts.push({ text: text.slice(start, at), start });
      start = at + 1;
    }
    at += 1;
  }
  parts.push({ text: text.slice(start), start });
  return parts;
}

/** The text inside the parentheses that open at `open`. */
function inside(text: string, open: number): string {
  let depth = 0;
  for (let at = open; at < text.length; at = nextMeaningful(text, at)) {
    const after = skipOpaque(text, at);
    if (after > at) {
      at = after;
      continue;
    }
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') {
      depth -= 1;
      if (depth === 0) return text.slice(open + 1, at);
    }
    at += 1;
  }
  return text.slice(open + 1);
}

/** Index of the first letter that is neither white space nor in a comment. */
function afterLeading(text: string): number {
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    if (!/^(?:--|\/\*)/.test(text.slice(at, at + 2))) return at;
    at = skipOpaque(text, at);
  }
}

/** Cuts a file into its statements. @param file its name, for messages. */
export function splitStatements(sql: string, file: string): Statement[] {
  let line = 1;
  let counted = 0;
  return split(sql, ';').flatMap(({ text, start }) => {
    const skipped = afterLeading(text);
    const statement = text.slice(skipped).trimEnd();
    if (statement === '') return [];
    line += sql.slice(counted, start + skipped).split('\n').length - 1;
    counted = start + skipped;
    return [{ file, line, sql: statement, is: classify(statement) }];
  });
}

const constraintWords = /^(CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN|EXCLUDE)\b/i;
const typeEnd = /\s+(NOT\s+NULL|NULL|DEFAULT|PRIMARY|UNIQUE|REFERENCES|CHECK|CONSTRAINT|GENERATED)\b/i;

function columnOf(item: string): ColumnDefinition {
  const text = item.trim();
  const name = /^\w+/.exec(text)?.[0] ?? '';
  const definition = text.slice(name.length).trim();
  const type = definition.slice(0, typeEnd.exec(definition)?.index ?? definition.length).trim();
  const reference = /REFERENCES (\w+) \((\w+)\)( ON DELETE (?:CASCADE|SET NULL|RESTRICT|NO ACTION))?/i.exec(
    definition,
  );
  const check = /(?:CONSTRAINT (\w+)\s+)?CHECK\s*\(/i.exec(definition);
  const expression = check ? inside(definition, check.index + check[0].length - 1) : '';
  return {
    name,
    type,
    definition,
    notNull: /\bNOT NULL\b|\bPRIMARY KEY\b/i.test(definition),
    primaryKey: /\bPRIMARY KEY\b/i.test(definition),
    unique: /\bUNIQUE\b/i.test(definition),
    defaultValue: /\bDEFAULT ('(?:[^']|'')*'|[\w.]+(?:\([^)]*\))?)/i.exec(definition)?.[1],
    reference: reference
      ? {
          table: reference[1] ?? '',
          column: reference[2] ?? '',
          onDelete: (reference[3] ?? '').trim(),
          text: reference[0],
        }
      : undefined,
    check: check ? { name: check[1], expression, text: `${check[0]}${expression})` } : undefined,
  };
}

function classify(sql: string): Kind {
  const partition = /^CREATE TABLE (\w+) PARTITION OF (\w+)/i.exec(sql);
  if (partition) return { kind: 'partition', table: partition[1] ?? '', parent: partition[2] ?? '' };
  const table = /^CREATE TABLE (\w+) \(/i.exec(sql);
  if (table)
    return {
      kind: 'table',
      table: table[1] ?? '',
      columns: split(inside(sql, table[0].length - 1), ',')
        .map((part) => part.text.trim())
        .filter((item) => !constraintWords.test(item))
        .map(columnOf),
    };
  const index = /^CREATE (UNIQUE )?INDEX (\w+) ON (\w+)(\s*\(.*)$/is.exec(sql);
  if (index) {
    const rest = index[4] ?? '';
    return {
      kind: 'index',
      name: index[2] ?? '',
      table: index[3] ?? '',
      unique: index[1] !== undefined,
      rest,
      columns: split(inside(rest, rest.indexOf('(')), ',').map((part) => part.text.trim()),
      partial: /\)\s*WHERE\b/i.test(rest),
    };
  }
  const dropped = /^DROP INDEX (\w+)$/i.exec(sql);
  if (dropped) return { kind: 'drop index', name: dropped[1] ?? '' };
  const gone = /^DROP TABLE (\w+)$/i.exec(sql);
  if (gone) return { kind: 'drop table', table: gone[1] ?? '' };
  const added = /^ALTER TABLE (\w+)\s+ADD COLUMN\s/i.exec(sql);
  if (added)
    return {
      kind: 'add columns',
      table: added[1] ?? '',
      columns: split(sql.slice(`ALTER TABLE ${added[1] ?? ''}`.length), ',').map((part) =>
        columnOf(part.text.trim().replace(/^ADD COLUMN\s+/i, '')),
      ),
    };
  const comment = /^COMMENT ON (TABLE|COLUMN|FUNCTION) (\w+)(?:\.(\w+))?/i.exec(sql);
  if (comment)
    return {
      kind: 'comment',
      table: /function/i.test(comment[1] ?? '') ? undefined : comment[2],
      column: comment[3],
    };
  const made = /^CREATE FUNCTION (\w+)(\([^)]*\))/i.exec(sql);
  if (made) return { kind: 'function', name: made[1] ?? '', signature: made[2] ?? '()' };
  return { kind: 'other' };
}
