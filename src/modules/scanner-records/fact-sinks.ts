import { TielineError } from '../../platform/errors/index.ts';
import { listAssetAliases } from '../../record/assets/index.ts';
import {
  SeenPlugins,
  openAssetSink,
  openComplianceSink,
  openFindingSink,
  withResultsAmong,
} from './bulk-sinks.ts';
import type { OpenFactSink } from '../../engine/inbound/index.ts';

/** The sinks of what scanners report: assets, findings, compliance results. @throws INTERNAL for an entity that is not read. */
export const openFactSink: OpenFactSink = (context, read, mapperOf) => {
  const source = { systemId: read.system.id, operationId: read.operationId };
  const { declaration } = read.system.module;
  const { entity }: { readonly entity: string } = read;
  switch (entity) {
    case 'asset':
      return (tx, askedAt) =>
        openAssetSink(
          tx,
          {
            ...source,
            policies: read.system.policies,
            echo: undefined,
            askedAt,
            systemType: declaration.systemType,
            ownsIdentity: declaration.ownsIdentity ?? false,
            takesTurn: true,
          },
          mapperOf,
        );
    case 'finding': {
      const seenPlugins = new SeenPlugins();
      let aliases: ReturnType<typeof listAssetAliases> | undefined;
      return async (tx) => {
        // Assets are read before findings, so their names here hold for the whole read.
        aliases ??= listAssetAliases(context.db, read.system.id);
        const assetAliases = await aliases;
        const findings = await openFindingSink(tx, { ...source, verifies: read.full }, mapperOf, {
          seenPlugins,
          assetAliases,
        });
        return withResultsAmong(findings, () => openComplianceSink(tx, source, mapperOf, assetAliases));
      };
    }
    case 'compliance': {
      let aliases: ReturnType<typeof listAssetAliases> | undefined;
      return async (tx) => {
        aliases ??= listAssetAliases(context.db, read.system.id);
        return openComplianceSink(tx, source, mapperOf, await aliases);
      };
    }
    default:
      throw new TielineError('INTERNAL', `${entity} is not read as an entity of its own.`);
  }
};
