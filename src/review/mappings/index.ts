export {
  changeMappings,
  fetchSample,
  findMappings,
  fromFile,
  type MappingEdit,
  mappingName,
  type MappingOutcome,
  toFile,
  tryMappings,
} from './mappings.ts';
export { fetchConnectionMappings, listMappedConnections } from './mapping-view.ts';
