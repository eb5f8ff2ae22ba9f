import { entity as entityOf, isEntity } from '../../../record/entities/index.ts';

/** What changes are of that are not entities of the record: scans are asked for and looked at. */
const others: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  remediation_scan: { one: 'scan', many: 'scans' },
};

/** What an entity is called in a sentence, by how many there are. */
export function entityWord(entity: string, n = 1): string {
  const title = isEntity(entity) ? entityOf(entity).title : others[entity];
  return (n === 1 ? title?.one : title?.many) ?? entity;
}
