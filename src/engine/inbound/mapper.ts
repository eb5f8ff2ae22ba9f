import { hash } from 'node:crypto';
import { compileMappings, type FieldMapping, mapRecord } from '../../canonical/mapping/index.ts';
import type { MapperOf } from '../../record/entities/index.ts';

/** Mappers over the installed mappings of one system; each entity is compiled once. */
export function mapperFrom(mappings: readonly FieldMapping[]): MapperOf {
  return (entity, schema) => {
    const own = mappings.filter(
      (mapping) => mapping.entityType === entity && mapping.internalField in schema.shape,
    );
    const compiled = compileMappings(own, entity);
    return Object.assign((raw: Parameters<typeof compiled.inbound>[0]) => mapRecord(compiled, schema, raw), {
      edition: hash('sha1', JSON.stringify(own)),
      paths: compiled.paths,
    });
  };
}
