/** The copy of a record as JSON, written as it is read. */
import type { CopyParts } from './copy-parts.ts';
import { withoutSecrets } from './copy-parts.ts';

const line = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** @yields parts of one JSON document. */
export async function* jsonCopy(parts: CopyParts): AsyncGenerator<Buffer> {
  const { request, search, disclosures, generator, at } = parts;
  const head = {
    generator,
    madeAt: at.toISOString(),
    person: { userId: request.subjectId, name: request.name, mail: request.mail },
    request: { number: request.id, type: request.type, receivedOn: request.receivedOn },
    searchedFor: search.terms,
    disclosures: disclosures.map(({ fileSha256: _file, ...disclosure }) => disclosure),
    statements: request.statements,
    notSearched: search.tables
      .filter((table) => table.notSearchedBecause !== null)
      .map((table) => ({ table: `${table.schema}.${table.table}`, because: table.notSearchedBecause })),
    leftOut: search.tables.flatMap((table) =>
      table.leftOut.map((left) => ({ table: `${table.schema}.${table.table}`, ...left })),
    ),
  };
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},"tables":[`);
  let first = true;
  for (const table of search.tables.filter((each) => each.rowsFound > 0)) {
    yield Buffer.from(
      `${first ? '' : ','}{"table":${JSON.stringify(`${table.schema}.${table.table}`)},"rows":[`,
    );
    first = false;
    let gone = 0;
    let isFirstRow = true;
    for await (const row of parts.rowsOf(table))
      if (row === null) gone += 1;
      else {
        yield Buffer.concat([Buffer.from(isFirstRow ? '' : ','), line(withoutSecrets(row))]);
        isFirstRow = false;
      }
    yield Buffer.from(`],"goneSinceSearch":${gone}}`);
  }
  yield Buffer.from(']}\n');
}
