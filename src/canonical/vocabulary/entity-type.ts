/** The words of the record that a connector may speak of. */
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
] as const;
export type EntityType = (typeof entityTypes)[number];
