/**
 * Reads the tables out of the project's reference pages, in the lines of catalog.ts. The pages are not part of
 * this repository; where they are present, the migrations are held against them word by word.
 */

/** Tables of the page of the existing schema: `| column | type and constraints |`, the owner's and what Tieline adds. */
export function readExistingSchema(markdown: string): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const section of markdown.split(/^## /m).slice(1)) {
    const table = /^\w+/.exec(section)?.[0];
    if (table === undefined) continue;
    const rows = [...section.matchAll(/^\| `(\w+)` \| (.+?) \|$/gm)];
    tables.set(
      table,
      rows.map(([, column = '', type = '']) => toLine(column, type.replaceAll(',', ', '))),
    );
  }
  return tables;
}

/** The CREATE TABLE statements of the page of requirements, those that it writes out. */
export function readCreateTables(markdown: string): Map<string, string[]> {
  const statements = markdown.matchAll(/^CREATE TABLE (\w+) \(\n([\s\S]+?)^\);/gm);
  return new Map([...statements].map(([, table = '', body = '']) => [table, readColumnList(body)]));
}

/** The columns that the page of requirements adds: its shorthand lists and its single statements. */
export function readAddedColumns(markdown: string): Map<string, string[]> {
  const lists = [...markdown.matchAll(/^ALTER TABLE (\w+) ADD COLUMN:\n((?: {2}.+\n)+)/gm)];
  const singles = [...markdown.matchAll(/^ALTER TABLE (\w+) ADD COLUMN (.+);$/gm)];
  const added = [...lists, ...singles].map(
    ([, table = '', body = '']) => [table, readColumnList(body)] as const,
  );
  return new Map(
    [...Map.groupBy(added, ([table]) => table)].map(([table, parts]) => [
      table,
      [...new Set(parts.flatMap(([, columns]) => columns))],
    ]),
  );
}

function readColumnList(body: string): string[] {
  const lines = body.split('\n').map((line) => line.replace(/--.*$/, '').trim().replace(/,$/, ''));
  return lines
    .filter((line) => line !== '')
    .map((line) => toLine(line.split(' ')[0] ?? '', line.replace(/^\w+ /, '')));
}

function toLine(column: string, declaration: string): string {
  const text = declaration
    .toLowerCase()
    .replace(/:.*$/, '')
    .replaceAll('decimal', 'numeric')
    .replace(/(\d), +(\d)/, '$1,$2');
  const type = /^\w+(\(\d+(,\d+)?\))?(\[\])?/.exec(text)?.[0] ?? '?';
  const primary = text.includes('primary key');
  const reference = /references (\w+)(?:\.|\s*\()(\w+)/.exec(text);
  const fallback =
    /default ('[^']*'|[\w()]+)/.exec(declaration)?.[1] ?? /default ('[^']*'|[\w()]+)/.exec(text)?.[1];
  return [
    column,
    `${type}${primary || text.includes('not null') ? '!' : ''}`,
    ...(fallback === undefined ? [] : [`= ${fallback}`]),
    ...(primary ? ['pk'] : []),
    ...(text.includes('unique') ? ['unique'] : []),
    ...(reference ? [`-> ${reference[1]}.${reference[2]}`] : []),
    ...(text.includes('on delete cascade') ? ['cascade'] : []),
  ].join(' ');
}
