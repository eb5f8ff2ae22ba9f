import { knownWord } from '../../../platform/errors/index.ts';
import type { EntityType } from '../../../canonical/vocabulary/index.ts';
import { listEntities } from '../../../record/entities/index.ts';
import { entityWord } from './entity-word.ts';

/** Entities as flags name them, also in the plural. For actions: it loads the record. @throws TielineError USAGE. */
export function entitiesNamed(texts: readonly string[] = []): EntityType[] {
  const names = listEntities().map(({ name }) => name);
  return texts.map((text) => {
    const wanted = text.trim().toLowerCase();
    const plural = names.find((name) => [`${name}s`, entityWord(name, 2).toLowerCase()].includes(wanted));
    return plural ?? knownWord('entity', text, names, 'entities');
  });
}
