import type { FieldMapping } from '../../model/mapping.ts';
import { compileMappings, mapRecord } from '../../sync/mapping.ts';
import type { MapperOf } from './sink.ts';

/** Mappers over the installed mappings of one system; each entity is compiled once. */
export function mapperFrom(mappings: readonly FieldMapping[]): MapperOf {
  return (entity, schema) => {
    const compiled = compileMappings(mappings, entity);
    return (raw) => mapRecord(compiled, schema, raw);
  };
}
