import { assetContextRecord, sentOnlyOfAssetContext } from '../../canonical/record-fields/index.ts';
import { linkAssetContexts } from '../assets/index.ts';
import { asJson, columnsOf, excludedSystems } from './columns.ts';
import { defineEntity } from './define-entity.ts';

/** The result of a correlation for an asset; kept with the asset. */
const matched = ['component_remote_id', 'system_remote_id'] as const;

/**
 * What is known of asset `t` beside its row: what the GRC system calls the component and system it was matched to, and its rating as
 * last read. Of a system that was taken out of sync nothing is reported, which is not the same as an empty value.
 */
const contextFacts = `(
    select jsonb_build_object('acr_rated', case when round(a.acr_score) between 1 and 10 then round(a.acr_score) end)
           || case when s.sync_enabled is false then '{}'::jsonb
                   else jsonb_build_object(
                          'component_remote_id', case when a.system_id is not null then a.xacta_component_id end,
                          'system_remote_id', case when a.xacta_component_id is not null then s.xacta_system_id end) end
      from ingestion_assets a
      left join lateral (select * from ingestion_systems own where own.system_id = a.system_id order by own.id limit 1) s on true
     where a.asset_uuid = t.asset_uuid)`;

const fields = columnsOf(assetContextRecord, 'scanner_asset_id', ...matched);

/** The business context of an asset; read with the assets, as tags of agreed categories. */
export const assetContext = defineEntity({
  name: 'asset_context',
  kind: 'linked',
  title: { one: 'asset', many: 'assets' },
  readTurn: null,
  absence: 'none',
  record: asJson(assetContextRecord),
  row: {
    table: 'assets_extended',
    key: 'asset_uuid',
    keyKind: 'uuid',
    columns: {},
    stamps: [],
    whenConfirmed: {},
    madeHere: 'false',
    ownKey: `t.asset_uuid = (r ->> 'asset_uuid')::uuid`,
    also: contextFacts,
    shownAs: {
      table: 'ingestion_assets',
      title: 'coalesce(t.hostname, t.asset_uuid::text)',
      system: 't.system_id',
    },
  },
  fields,
  derived: matched,
  growing: { compliance_scope: 'union' },
  sentOnly: sentOnlyOfAssetContext,
  statusWords: [],
  formerNames: { xacta_component_id: 'component_remote_id', xacta_system_id: 'system_remote_id' },
  remoteId: null,
  ownId: null,
  parent: { entity: 'asset', field: 'scanner_asset_id', column: 'asset_uuid' },
  excludedOwners: excludedSystems,
  begin: () => ({}),
  keepsRaw: false,
  twins: 'none',
  atEnd: { ended: {}, composed: false },
  awaited: false,
  beforeEdits: (db, source, sendable) =>
    linkAssetContexts(db, source, {
      fields,
      sendsMatches: matched.some((field) => sendable.includes(field)),
    }),
  outbound: { edits: true, orderWith: 'self', splitsByPlace: true },
});
