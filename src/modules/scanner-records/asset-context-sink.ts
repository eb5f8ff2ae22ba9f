/**
 * Business context of assets comes with the assets. An asset without any gets no row and no link, so that a
 * hundred thousand of them cost nothing.
 */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { assetContextRecord } from '../../canonical/record-fields/index.ts';
import { type Counts, type HeldRecord, noCounts } from '../../ledger/operations/index.ts';
import { fetchLinks } from '../../ledger/links/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type LinkedSource, openLinkedSink } from '../../engine/inbound/index.ts';
import type { MapperOf } from '../../record/entities/index.ts';

interface AssetContextSink {
  add(asset: ExternalRecord): void;
  /** To be called when the assets themselves are stored. Counts name only what changed: the assets were counted. */
  finish(): Promise<{ readonly counts: Counts; readonly held: readonly HeldRecord[] }>;
}

export function openAssetContextSink(tx: Tx, source: LinkedSource, mapperOf: MapperOf): AssetContextSink {
  const map = mapperOf('asset_context', assetContextRecord);
  const found: { readonly record: ExternalRecord; readonly isEmpty: boolean }[] = [];
  const saysNothing = (record: ExternalRecord): boolean => {
    const mapped = map(record.raw);
    if (!mapped.ok) return false;
    const { scanner_asset_id: _itself, ...said } = mapped.record;
    return Object.values(said).every((value) => value === null || value === undefined);
  };
  return {
    add(asset) {
      for (const { entity, records } of asset.children ?? [])
        if (entity === 'asset_context')
          found.push(...records.map((record) => ({ record, isEmpty: saysNothing(record) })));
    },
    async finish() {
      const empty = found.filter((each) => each.isEmpty).map((each) => each.record.externalId);
      const links = await fetchLinks(tx.db, source.systemId, 'asset_context', empty);
      const wanted = found.filter((each) => !each.isEmpty || links.has(each.record.externalId));
      if (wanted.length === 0) return { counts: noCounts, held: [] };
      const sink = openLinkedSink(tx, 'asset_context', source, mapperOf);
      for (const { record } of wanted) await sink.add(record);
      const { counts, held } = await sink.finish();
      return { counts: { ...counts, read: counts.read - counts.unchanged, unchanged: 0 }, held };
    },
  };
}
