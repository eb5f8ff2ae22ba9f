import pg from 'pg';
import type { AwkwardTraits } from './traits.ts';

/**
 * SQL expressions that draw values for a row. Whatever is drawn depends on the seed, the row's number and the name of
 * the draw alone, so that a million rows are made by one statement and are the same each time.
 */
export interface RowValues {
  /** An integer from 0 to `sides` - 1. */
  number(row: string, name: string, sides: number): string;
  oneIn(row: string, name: string, sides: number): string;
  word(row: string, name: string, words: readonly string[]): string;
  uuid(row: string, name: string): string;
  /** A minute of the five years from 2021 on. */
  instant(row: string, name: string): string;
  /** The value, or NULL in some rows if the traits want it. */
  maybeNull(row: string, name: string, value: string): string;
  /** The text, or in some rows one that is hard to quote, to show or to fit, if the traits want it. */
  text(row: string, name: string, value: string, limit?: number): string;
  /** The instant, or in some rows one of 1970 or 9999, if the traits want it. */
  maybeExtreme(row: string, name: string, value: string): string;
}

const oddTexts = [
  `O'Brien's "quoted" \\ back\\slash \\n \\u0041`,
  'tab\there,\r\nnext line\n\n',
  'Überprüfung – 漏洞 🔓 \u202Eright to left\u202C e\u0301 \u200B',
  `'); DROP TABLE users; --`,
  '{"json": "in a text", "a": [1, 2]}',
  'NULL',
  '%s $1 $& {{weakness}} <b>&amp;</b>',
  '=HYPERLINK("http://example.org")',
  '   ',
  '',
];

export function rowValuesOf(traits: AwkwardTraits, seed: number): RowValues {
  const number: RowValues['number'] = (row, name, sides) =>
    `((hashint8extended((${row})::bigint, ${saltOf(seed, name)}) & 9223372036854775807) % ${sides})::int`;
  const oneIn: RowValues['oneIn'] = (row, name, sides) => `${number(row, name, sides)} = 0`;
  const word: RowValues['word'] = (row, name, words) =>
    `(ARRAY[${words.map((each) => pg.escapeLiteral(each)).join(', ')}])[1 + ${number(row, name, words.length)}]`;
  return {
    number,
    oneIn,
    word,
    uuid: (row, name) => {
      const digits = `md5('${seed}:${name}:' || (${row}))`;
      return traits.assetUuids === 'any'
        ? `${digits}::uuid`
        : `overlay(overlay(${digits} PLACING '4' FROM 13) PLACING 'a' FROM 17)::uuid`;
    },
    instant: (row, name) =>
      `(timestamp '2021-01-02 03:04:05' + ${number(row, name, 2_600_000)} * interval '1 minute')`,
    maybeNull: (row, name, value) =>
      traits.nulls ? `CASE WHEN ${oneIn(row, `${name} null`, 13)} THEN NULL ELSE ${value} END` : value,
    text: (row, name, value, limit) => {
      if (!traits.oddTexts) {
        return value;
      }
      const long =
        limit === undefined ? `repeat('${'very long '.repeat(10)}', 700)` : `repeat('x', ${limit})`;
      const odd = word(row, `${name} odd`, oddTexts);
      const fitting = limit === undefined ? odd : `left(${odd}, ${limit})`;
      return `CASE WHEN ${oneIn(row, `${name} is odd`, 19)} THEN ${fitting}
        WHEN ${oneIn(row, `${name} is long`, 211)} THEN ${long} ELSE ${value} END`;
    },
    maybeExtreme: (row, name, value) =>
      traits.extremeTimes
        ? `CASE ${number(row, `${name} extreme`, 80)} WHEN 0 THEN timestamp '1970-01-01 00:00:00'
        WHEN 1 THEN timestamp '9999-12-31 23:59:59' ELSE ${value} END`
        : value,
  };
}

/** FNV-1a over seed and name, as a number that a bigint of PostgreSQL holds. */
function saltOf(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}:${name}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}
