/** What can be made of a reported finding without the database: while it is busy with those before. */
import { valueAt } from '../../canonical/mapping/index.ts';
import { findingIdentity, type FindingRecord, findingRecord } from '../../canonical/record-fields/index.ts';
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { storableJson } from '../../platform/postgres/index.ts';
import { digestOf } from '../../record/findings/index.ts';
import type { MapInbound, MapperOf } from '../../record/entities/index.ts';

export interface PreparedFinding {
  readonly external: ExternalRecord;
  /** Undefined where it cannot be read. */
  readonly identity: Pick<FindingRecord, 'asset_uuid' | 'plugin_id' | 'port' | 'protocol'> | undefined;
  /** As it came, without its plugin. */
  readonly json: string;
  readonly digest: string;
  /** The whole record, or its faults: not looked for where the report is the same as before. */
  map(): ReturnType<MapInbound<FindingRecord>>;
}

/** @returns what prepares a record of a source that has these mappings. */
export function findingPreparer(mapperOf: MapperOf): (external: ExternalRecord) => PreparedFinding {
  const mapFinding = mapperOf('finding', findingRecord);
  const mapIdentity = mapperOf('finding', findingIdentity);
  /** A finding is reported without its plugin, except for what mappings take from there. */
  const ofPlugin = mapFinding.paths.filter(([first]) => first === 'plugin');
  return (external) => {
    const identity = mapIdentity(external.raw);
    const { plugin: _storedOnce, ...raw } = external.raw;
    const json = storableJson(raw);
    const pluginValues = ofPlugin.map((path) => valueAt(external.raw, path));
    return {
      external,
      identity: identity.ok ? identity.record : undefined,
      json,
      digest: digestOf(mapFinding.edition, json, pluginValues),
      map: () => mapFinding(external.raw),
    };
  };
}
