import type { Json } from '../../../platform/values/index.ts';

/** Pure. A word or an id as text, whatever it is in a record that was read as JSON. */
export const written = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);
