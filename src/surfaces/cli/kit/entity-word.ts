import { knownWord } from '../../../platform/errors/index.ts';
import type { EntityType } from '../../../canonical/vocabulary/index.ts';
import { entity as entityOf, isEntity, listEntities } from '../../../record/entities/index.ts';

/** What changes are of that are not entities of the record: scans are asked for and looked at. */
const others: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  remediation_scan: { one: 'scan', many: 'scans' },
};

/** What an entity is called in a sentence, by how many there are. */
export function entityWord(entity: string, n = 1): string {
  const title = isEntity(entity) ? entityOf(entity).title : others[entity];
  return (n === 1 ? title?.one : title?.many) ?? entity;
}

/** Entities as flags name them, also in the plural. For actions: it loads the record. @throws TielineError USAGE. */
export function entitiesNamed(texts: readonly string[] = []): EntityType[] {
  const names = listEntities().map(({ name }) => name);
  return texts.map((text) => {
    const wanted = text.trim().toLowerCase();
    const plural = names.find((name) => [`${name}s`, entityWord(name, 2).toLowerCase()].includes(wanted));
    return plural ?? knownWord('entity', text, names, 'entities');
  });
}
