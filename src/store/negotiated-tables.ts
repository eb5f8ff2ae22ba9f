/** Where each negotiated entity lies: its table, the key that links name, and what makes a row the one that a record means. */
import { sql, type RawBuilder } from 'kysely';

export type NegotiatedEntity =
  | 'system'
  | 'component'
  | 'control'
  | 'poam'
  | 'milestone'
  | 'acceptance'
  | 'asset_context';

export interface NegotiatedTable {
  readonly name: string;
  /** The column that sync_links.entity_id names. */
  readonly key: string;
  /** What that column holds. Owners' variants differ in width only: `varchar` or `text`, `integer` or `bigint`. */
  readonly keyKind: KeyKind;
  /** Has updated_at, ingestion_source and so on to be kept up. */
  readonly stamps: readonly string[];
  /**
   * SQL that is true where row `t` is the one that record `r` (jsonb) means, though no link says so: by what means the same to
   * everybody, such as our own ids, the number of a control in a system, the key that we gave a POA&M.
   */
  readonly ownKey: string;
  /**
   * Likewise, by what the remote calls it. Such an id or name means something with its external system only: a row that is linked to
   * another one, or stands inside of such a row, is a stranger.
   */
  readonly remoteKey?: string;
  /** What a row stands inside of, and the column that names it. */
  readonly inside?: { readonly entity: string; readonly column: string };
  /** SQL of what makes one such row a better match than another: false sorts before true. */
  readonly prefer?: string;
  /** SQL of an object (jsonb) with what else a row `t` shows, where that is kept in other tables. */
  readonly also?: string;
  /** SQL that is true of the rows `t` that take part in sync, where not all do. */
  readonly only?: string;
}

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

/** SQL of a key that stands in a text column (`l.entity_id`), in the type of the column that it names. */
export const asKey = (text: string, kind: KeyKind): RawBuilder<unknown> =>
  sql.raw(`(${text})::${keyType[kind]}`);

/** Texts that differ in case and white space only are the same; a GRC system trims and re-cases. */
const sameText = (left: string, right: string): string =>
  `lower(regexp_replace(trim(${left}), '\\s+', ' ', 'g')) = lower(regexp_replace(trim(${right}), '\\s+', ' ', 'g'))`;

/** `AC-2 (1)`, `ac-02(01)` and `AC-2(1)` are one control, as NIST SP 800-53 counts its enhancements. */
const sameControl = (left: string, right: string): string => {
  const plain = (control: string): string =>
    `regexp_replace(regexp_replace(upper(${control}), '\\s', '', 'g'), '(^|[-(.])0+(?=[0-9])', '\\1', 'g')`;
  return `${plain(left)} = ${plain(right)}`;
};

/**
 * What is known of asset `t` beside its row: what Xacta calls the component and system it was matched to, and its rating as last read. Of a
 * system that was taken out of sync nothing is said, which is not the same as that there is none.
 */
const contextFacts = `(
    select jsonb_build_object('acr_rated', case when round(a.acr_score) between 1 and 10 then round(a.acr_score) end)
           || case when s.sync_enabled is false then '{}'::jsonb
                   else jsonb_build_object(
                          'xacta_component_id', case when a.system_id is not null then a.xacta_component_id end,
                          'xacta_system_id', case when a.xacta_component_id is not null then s.xacta_system_id end) end
      from ingestion_assets a
      left join lateral (select * from ingestion_systems own where own.system_id = a.system_id order by own.id limit 1) s on true
     where a.asset_uuid = t.asset_uuid)`;

export const negotiatedTables: Readonly<Record<NegotiatedEntity, NegotiatedTable>> = {
  system: {
    name: 'ingestion_systems',
    key: 'system_id',
    keyKind: 'text',
    stamps: ['updated_at', 'last_xacta_sync'],
    ownKey: 'false',
    // Systems of the same name in two GRC systems are two until a person links them.
    remoteKey: `(t.system_id = r ->> 'system_id' or t.xacta_system_id = r ->> 'xacta_system_id' or t.uuid::text = r ->> 'uuid'
                  or ${sameText('t.name', "r ->> 'name'")})`,
    prefer: `t.system_id is distinct from r ->> 'system_id', t.xacta_system_id is distinct from r ->> 'xacta_system_id', t.uuid::text is distinct from r ->> 'uuid'`,
    // Not every owner's database declares system_id unique.
    only: 'not exists (select from ingestion_systems older where older.system_id = t.system_id and older.id < t.id)',
  },
  component: {
    name: 'system_components',
    key: 'id',
    keyKind: 'number',
    stamps: ['updated_at'],
    ownKey: `t.component_id = r ->> 'component_id' and t.external_system_id = (r ->> 'external_system_id')::int`,
  },
  control: {
    name: 'ingestion_controls',
    key: 'id',
    keyKind: 'number',
    stamps: ['updated_at'],
    ownKey: `t.system_id = r ->> 'system_id' and ${sameControl('t.control_id', "r ->> 'control_id'")}`,
    prefer: `t.control_id is distinct from r ->> 'control_id'`,
  },
  poam: {
    name: 'ingestion_poams',
    key: 'poam_id',
    keyKind: 'text',
    stamps: ['updated_at'],
    ownKey: `t.external_uid = r ->> 'external_uid' and t.system_id = r ->> 'system_id'`,
    remoteKey: `(t.xacta_poam_id = r ->> 'xacta_poam_id' or t.poam_id = r ->> 'xacta_poam_id')`,
    inside: { entity: 'system', column: 'system_id' },
    prefer: `t.external_uid is distinct from r ->> 'external_uid', t.xacta_poam_id is distinct from r ->> 'xacta_poam_id'`,
  },
  milestone: {
    name: 'ingestion_poam_milestones',
    key: 'id',
    keyKind: 'number',
    stamps: [],
    ownKey: `t.poam_id = r ->> 'poam_id' and ${sameText('t.milestone_description', "r ->> 'milestone_description'")}`,
    remoteKey: `t.poam_id = r ->> 'poam_id' and t.milestone_id = r ->> 'milestone_id'`,
    inside: { entity: 'poam', column: 'poam_id' },
    prefer: `t.milestone_id is distinct from r ->> 'milestone_id'`,
  },
  asset_context: {
    name: 'assets_extended',
    key: 'asset_uuid',
    keyKind: 'uuid',
    stamps: [],
    ownKey: `t.asset_uuid = (r ->> 'asset_uuid')::uuid`,
    also: contextFacts,
  },
  acceptance: {
    name: 'acceptances',
    key: 'id',
    keyKind: 'number',
    stamps: ['updated_at'],
    ownKey: `t.external_system_id = (r ->> 'external_system_id')::int and t.acceptance_id = r ->> 'acceptance_id'`,
  },
};
