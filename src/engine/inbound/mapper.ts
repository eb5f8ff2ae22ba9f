import { hash } from 'node:crypto';
import type { FieldMapping } from '../../canonical/mapping/mapping.ts';
import { compileMappings, mapRecord } from '../../canonical/mapping/apply-mappings.ts';
import type { MapperOf } from '../../record/entities/sink.ts';

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
