export { compileMappings, mapRecord, valueAt } from './apply-mappings.ts';
export { mappingRowOf, mappingTransform, parseMappingRow } from './mapping-row.ts';
export {
  checkMappings,
  compareMappings,
  entitiesOf,
  type MappingChanges,
  mappingKey,
  mappingName,
} from './mapping-set.ts';
export type { FieldMapping, Transform } from './mapping.ts';
export { fillTemplate } from './transforms.ts';
export { transformWords } from './transform-words.ts';
