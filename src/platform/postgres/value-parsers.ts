import pg from 'pg';

/**
 * How PostgreSQL's values become JavaScript's on our connections, and dates go back.
 *
 * `timestamp` columns hold UTC without saying so (decision 0007): they are read as UTC instants whatever
 * the time zone of the process. A `date` stays text 'YYYY-MM-DD', because a calendar day is not an instant. int8 is a
 * number while that is exact, beyond it a bigint (which refuses to mix with numbers, so nobody rounds unseen).
 * Our numerics are scores and costs with a few digits: numbers.
 */
type Parse = (text: string) => unknown;

function parseUtcTimestamp(text: string): unknown {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  return new Date(`${text.replace(' ', 'T')}Z`);
}

function parseInt8(text: string): unknown {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

const keepText: Parse = (text) => text;

/** text[], whose entries pg leaves as they are. */
const textArrayOid: number = 1009;
const parseTextArray: (text: string) => (string | null)[] = pg.types.getTypeParser(textArrayOid);

/** For arrays of one dimension. */
function arrayOf(parse: Parse): Parse {
  return (text) => parseTextArray(text).map((entry) => (entry === null ? null : parse(entry)));
}

/** By type oid (pg_type.dat of PostgreSQL). timestamptz keeps pg's own parser, which yields a Date. */
const parsers = new Map<number, Parse>([
  [20, parseInt8],
  [1016, arrayOf(parseInt8)],
  [1082, keepText],
  [1182, arrayOf(keepText)],
  [1114, parseUtcTimestamp],
  [1115, arrayOf(parseUtcTimestamp)],
  [1700, Number],
  [1231, arrayOf(Number)],
]);

/** The `types` option of a pg connection: our parsers for text results, pg's own for the rest. */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format),
};

// pg writes a Date in the local time of the process with its offset, and PostgreSQL ignores the offset where the
// column is `timestamp`: the value would be off by the offset. There is not a setting of this per connection.
pg.defaults.parseInputDatesAsUTC = true;
