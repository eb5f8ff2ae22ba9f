export { acceptanceRecord } from './acceptance.ts';
export { assetContextRecord, sentOnlyOfAssetContext } from './asset-context.ts';
export { artifactRecord } from './artifact.ts';
export { type AssetRecord, assetRecord } from './asset.ts';
export { complianceRecord } from './compliance.ts';
export { type ComponentRecord, componentRecord } from './component.ts';
export { controlRecord } from './control.ts';
export { findingIdentity, type FindingRecord, findingRecord } from './finding.ts';
export { milestoneRecord } from './milestone.ts';
export { type PluginRecord, pluginRecord } from './plugin.ts';
export { poamRecord } from './poam.ts';
export {
  listRecordNames,
  presentField,
  recordSchemaOf,
  recordsInside,
  registerRecord,
  sentOnlyFields,
} from './record-schemas.ts';
export { ran, type ScanScope, scopeAsJson, scopeFromJson } from './scan-scope.ts';
export { systemRecord } from './system.ts';
