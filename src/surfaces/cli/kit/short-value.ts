import { shownText } from '../../../platform/errors/index.ts';
import type { Json } from '../../../platform/values/index.ts';

/** A value on one line, at most 40 characters. */
export function shortValue(value: Json | undefined): string {
  if (value === null || value === undefined) return '(empty)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = shownText(text.replaceAll(/\s+/g, ' '));
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
