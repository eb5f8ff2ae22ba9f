/** The words of the record that ship, and that a connector may speak of without asking the registry. */
export const entityTypes = [
  'asset',
  'finding',
  'compliance',
  'asset_tag',
  'asset_context',
  'acceptance',
  'system',
  'component',
  'control',
  'poam',
  'milestone',
  'artifact',
] as const;

declare const checked: unique symbol;
/** The name of an entity that does not ship; only the registry (record/entities) makes one, of what it knows. */
export type EntityName = string & { readonly [checked]: 'entity' };

export type EntityType = (typeof entityTypes)[number] | EntityName;
