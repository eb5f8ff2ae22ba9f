import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const copyBlock = /^(COPY \S+ \(.*\) FROM stdin);\n([\s\S]*?)^\\\.\n/gm;

/**
 * Runs a plain SQL dump of pg_dump without psql: statements as they are, the rows of each COPY as its stream.
 * On a connection of its own, since a dump changes settings.
 */
export async function restoreDump(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let done = 0;
    for (const block of sql.matchAll(copyBlock)) {
      await client.query(sql.slice(done, block.index));
      const stream = client.query(copyFrom(block[1] ?? ''));
      stream.end(block[2] ?? '');
      await once(stream, 'finish');
      done = block.index + block[0].length;
    }
    await client.query(sql.slice(done));
  } finally {
    await client.end();
  }
}
