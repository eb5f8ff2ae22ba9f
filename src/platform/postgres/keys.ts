import { sql, type RawBuilder } from 'kysely';

/** How keys, which links keep as text, are compared in the column's own type, so that its index serves. */
export type KeyKind = 'text' | 'number' | 'uuid';

const isKey: Readonly<Record<KeyKind, RegExp>> = {
  text: /^/,
  number: /^-?\d{1,18}$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};
/** Types that each index of the kind is searched by: PostgreSQL compares `integer` with `bigint`, and `varchar` with `text`, as they are. */
const keyType: Readonly<Record<KeyKind, string>> = { text: 'text', number: 'bigint', uuid: 'uuid' };

/** SQL that is true where a key column (`t.id`) is one of these; a text that can be no such key is none. */
export const isKeyAmong = (column: string, kind: KeyKind, keys: readonly string[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} = any(${keys.filter((key) => isKey[kind].test(key))}::${sql.raw(keyType[kind])}[])`;

/** SQL of a key in a text column (`l.entity_id`), in the type of the column that it names. */
export const asKey = (text: string, kind: KeyKind): RawBuilder<unknown> =>
  sql.raw(`(${text})::${keyType[kind]}`);
