/** Run by database.pg.test.ts under another time zone: writes two instants and prints what was stored and read. */
import { openDatabase } from '../../src/platform/postgres/database.ts';

const instants = [new Date('2026-07-01T12:00:00Z'), new Date('2026-11-01T06:30:00Z')];
const { pool, ...opened } = await openDatabase(process.env['PROBE_URL'] ?? '');
await pool.query('CREATE TABLE instants (number int, at timestamp, zoned timestamptz)');
for (const [number, at] of instants.entries())
  await pool.query('INSERT INTO instants VALUES ($1, $2, $3)', [number, at, at]);
const { rows } = await pool.query<{ stored: string; at: Date }>(
  'SELECT at::text AS stored, at FROM instants WHERE at = zoned ORDER BY number',
);
await opened.close();
console.log(
  JSON.stringify({
    processOffset: instants[0]?.getTimezoneOffset(),
    stored: rows.map((row) => row.stored),
    read: rows.map((row) => row.at.toISOString()),
  }),
);
