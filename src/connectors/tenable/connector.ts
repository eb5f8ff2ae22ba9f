/**
 * Tenable Vulnerability Management: assets and findings in, by export jobs; tags and rules out; remediation scans. Here is which entity uses
 * which request; the requests are in `endpoints/`, a file a topic.
 */
import { TielineError } from '../../platform/errors/index.ts';
import type { Connector, ConnectorModule } from '../kit/index.ts';
import { AssetAttributes } from './endpoints/asset-attributes.ts';
import { findAssetContext, writeAssetContext } from './asset-context/asset-context.ts';
import { businessTagMappings } from './asset-context/business-tags.ts';
import { findAcceptance, readAcceptances, writeAcceptance } from './endpoints/recast-rules.ts';
import { assetMappings } from './mappings/asset-mappings.ts';
import { checkTenable } from './check.ts';
import { complianceMappings } from './mappings/compliance-mappings.ts';
import { readExports } from './endpoints/exports/export-read.ts';
import { findingMappings, pluginMappings } from './mappings/finding-mappings.ts';
import { remediationScans } from './endpoints/remediation-scans.ts';
import { acceptanceMappings } from './endpoints/recast-rule-shape.ts';
import { tenableSettings, type TenableSettings } from './settings.ts';
import { findAssetTags, writeAssetTag } from './endpoints/asset-tags.ts';
import { createTenableApi } from './session.ts';

function unsupported(what: string): TielineError {
  return new TielineError('INTERNAL', `The Tenable connector does not declare that it can ${what}.`);
}

export const tenableConnector: ConnectorModule<TenableSettings> = {
  declaration: {
    systemType: 'tenable',
    title: 'Tenable Vulnerability Management',
    pluginsOf: 'Tenable',
    boundaryTag: 'Xacta System',
    settings: tenableSettings,
    secrets: [
      { name: 'access_key', prompt: 'Access key', env: 'TENABLE_ACCESS_KEY' },
      { name: 'secret_key', prompt: 'Secret key', env: 'TENABLE_SECRET_KEY' },
    ],
    entities: {
      asset: { readAll: true, readChanges: true, create: false, update: false, find: false },
      finding: { readAll: true, readChanges: true, create: false, update: false, find: false },
      compliance: { readAll: true, readChanges: true, create: false, update: false, find: false },
      asset_tag: { readAll: false, readChanges: false, create: true, update: false, find: true },
      acceptance: { readAll: true, readChanges: false, create: true, update: true, find: true },
      asset_context: { readAll: false, readChanges: false, create: false, update: true, find: true },
    },
    // The vendor publishes no rate and advises against parallel requests; a 429 slows all of them down.
    limits: { requestsPerSecond: 20, concurrency: 2 },
    mappings: [
      ...assetMappings,
      ...businessTagMappings,
      ...pluginMappings,
      ...findingMappings,
      ...complianceMappings,
      ...acceptanceMappings,
    ],
    ownsIdentity: true,
    runsScans: true,
    acceptanceScope: (assetUuid) => ({ scope: `asset ${assetUuid}` }),
  },
  connect(context): Connector {
    const api = createTenableApi(context.http, context.settings);
    const contexts = { api, context, attributes: new AssetAttributes(api, context) };
    const rules = { api, settings: context.settings };
    return {
      check: (signal) => checkTenable(api, context, signal),
      scans: remediationScans(rules),
      read(entity, options) {
        if (entity === 'asset') return readExports(api, context, 'assets', options);
        if (entity === 'finding') return readExports(api, context, 'vulns', options);
        if (entity === 'compliance') return readExports(api, context, 'compliance', options);
        if (entity === 'acceptance') return readAcceptances(rules, context.now, options);
        throw unsupported(`read ${entity}`);
      },
      async find(entity, key, signal) {
        if (entity === 'acceptance') return await findAcceptance(rules, key, signal);
        if (entity === 'asset_context')
          return key.by === 'id' ? await findAssetContext(contexts, key.externalId, signal) : undefined;
        if (entity !== 'asset_tag') throw unsupported(`find ${entity}`);
        // Tags carry no key; the same assignment may simply be sent again.
        return key.by === 'id' ? await findAssetTags(api, key.externalId, signal) : undefined;
      },
      async write(entity, change, signal) {
        if (entity === 'acceptance') return await writeAcceptance(rules, change, signal);
        if (entity === 'asset_context') return await writeAssetContext(contexts, change, signal);
        if (entity !== 'asset_tag') throw unsupported(`write ${entity}`);
        return await writeAssetTag(api, context, change, signal);
      },
    };
  },
};
