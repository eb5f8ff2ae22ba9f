/**
 * The copy of a record for a person to read: one HTML file without anything outside of it. Headings in order, tables with captions and header
 * cells, a language, no script: readable by a screen reader, on paper and in forced colours (Section 508).
 */
import {
  notSearchedReasons,
  privacyReasons,
  privacyRequestTypes,
} from '../../../canonical/vocabulary/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { type CopyParts, withoutSecrets } from './copy-parts.ts';

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const shown = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);

function valueText(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
caption{text-align:left;font-weight:600;padding:.25rem 0}th,td{border:1px solid #767676;padding:.25rem .5rem;text-align:left;vertical-align:top}
th{background:#f0f0f0;width:14rem;overflow-wrap:anywhere}thead th{width:auto}td{white-space:pre-wrap;overflow-wrap:anywhere}
.marking{text-align:center;font-weight:700}@media print{body{margin:0;max-width:none}table{break-inside:auto}tr{break-inside:avoid}}`;

function grid(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((each) => `<th scope="col">${shown(each)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${shown(cell)}</td>`).join('')}</tr>`)
    .join('\n');
  return `<table><caption>${shown(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>\n`;
}

function facts(caption: string, pairs: readonly (readonly [string, string])[]): string {
  const rows = pairs.map(
    ([name, value]) => `<tr><th scope="row">${shown(name)}</th><td>${shown(value)}</td></tr>`,
  );
  return `<table><caption>${shown(caption)}</caption><tbody>${rows.join('\n')}</tbody></table>\n`;
}

function head({ request, search, marking, at }: CopyParts): string {
  const name = request.name ?? request.subjectId;
  const band = marking === '' ? '' : `<p class="marking">${shown(marking)}</p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Record of ${shown(name)}</title>
<style>${style}</style></head><body>${band}<main><h1>Record of ${shown(name)}</h1>
<p>This is what the system holds about you. It was put together on ${at.toISOString().slice(0, 10)} (UTC) for your privacy request ${request.id}.</p>
${facts('Your request', [
  ['Asked for', privacyRequestTypes[request.type]],
  ['Received', request.receivedOn],
  ['Searched for', search.terms.join(', ')],
])}`;
}

const sentence = (text: string): string => `<p>${text}</p>\n`;
const fullName = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
  schema === '' ? table : `${schema}.${table}`;
const orNone = (rows: readonly (readonly string[])[], none: string, table: () => string): string =>
  rows.length === 0 ? sentence(none) : table();

function leftOut({ search }: CopyParts): string {
  const rows = search.tables.flatMap((table) =>
    table.leftOut.map((left) => [fullName(table), String(left.rows), privacyReasons[left.because]]),
  );
  return `<h2>What was left out, and why</h2>
${orNone(rows, 'No row that was found was left out.', () => grid('Rows left out', ['Table', 'Rows', 'Why'], rows))}
<p>Passwords, keys and tokens are never copied.</p>
`;
}

function statements({ request }: CopyParts): string {
  const rows = request.statements.map((each) => [
    each.at.toISOString().slice(0, 10),
    `${each.entity} ${each.recordId}`,
    each.statement,
  ]);
  return `<h2>Statements kept with the record</h2>
${orNone(rows, 'There are none.', () => grid('Statements', ['Day', 'Record', 'Statement'], rows))}`;
}

function accounting({ disclosures }: CopyParts): string {
  const rows = disclosures.map((each) => [
    each.at.toISOString().slice(0, 10),
    each.what,
    each.purpose,
    [each.recipient, each.address].filter((text) => text !== null).join(', '),
    each.authority,
    each.subjects === null ? 'it may' : 'yes',
  ]);
  const heads = ['Day', 'What', 'Purpose', 'Recipient', 'Authority', 'Holds your record'];
  return `<h2>To whom your record was disclosed</h2>
${orNone(rows, 'No disclosure is on record.', () => grid('Disclosures', heads, rows))}`;
}

function notSearched({ search }: CopyParts): string {
  const tables = search.tables.flatMap((table) =>
    table.notSearchedBecause === null
      ? []
      : [[fullName(table), notSearchedReasons[table.notSearchedBecause]]],
  );
  const bytes = search.tables.flatMap((table) =>
    table.leftOutColumns.map((column) => [fullName(table), column]),
  );
  return `<h2>What was not searched</h2>
${grid('Tables', ['Table', 'Why'], tables)}
${orNone(bytes, 'Every column that was searched holds text.', () => grid('Columns that hold bytes', ['Table', 'Column'], bytes))}`;
}

function afterword(parts: CopyParts): string {
  const { generator, marking } = parts;
  const band = marking === '' ? '' : `<p class="marking">${shown(marking)}</p>`;
  return `${leftOut(parts)}${statements(parts)}${accounting(parts)}${notSearched(parts)}
</main><footer><p>Made by ${shown(generator)}.</p>${band}</footer></body></html>
`;
}

/** Why rows of a table that were found are not in the copy: left out by a person, or not there any more. */
function absence(rows: { readonly shown: number; readonly gone: number; readonly left: number }): string {
  const { gone, left } = rows;
  const deleted =
    gone === 0 ? '' : sentence(`${gone} ${gone === 1 ? 'row was' : 'rows were'} deleted since the search.`);
  const isAllLeft = rows.shown === 0 && gone === 0 && left > 0;
  const leftWords = isAllLeft
    ? 'All rows of this table were'
    : `${left} ${left === 1 ? 'row was' : 'rows were'}`;
  return deleted + (left === 0 ? '' : sentence(`${leftWords} left out: see below.`));
}

/** @yields parts of one HTML document. */
export async function* htmlCopy(parts: CopyParts): AsyncGenerator<Buffer> {
  yield Buffer.from(head(parts));
  yield Buffer.from('<h2>What is held</h2>\n');
  const found = parts.search.tables.filter((table) => table.rowsFound > 0);
  if (found.length === 0) yield Buffer.from('<p>Nothing was found.</p>\n');
  for (const table of found) {
    yield Buffer.from(`<h3>${shown(`${table.schema}.${table.table}`)}</h3>\n`);
    let n = 0;
    let gone = 0;
    for await (const row of parts.rowsOf(table)) {
      if (row === null) {
        gone += 1;
        continue;
      }
      n += 1;
      const filled = Object.entries(withoutSecrets(row)).filter(([, value]) => valueText(value) !== '');
      yield Buffer.from(
        facts(
          `Row ${n}`,
          filled.map(([name, value]) => [name, valueText(value)]),
        ),
      );
    }
    yield Buffer.from(
      absence({ shown: n, gone, left: table.leftOut.reduce((sum, { rows }) => sum + rows, 0) }),
    );
  }
  yield Buffer.from(afterword(parts));
}
