import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';

/** The value at a dotted path, or undefined. */
export function valueAt(record: unknown, path: string): Json | undefined {
  if (!path.includes('.')) return isJsonObject(record) ? record[path] : undefined;
  let value: unknown = record;
  for (const key of path.split('.')) {
    if (!isJsonObject(value)) return undefined;
    value = value[key];
  }
  return value as Json | undefined; // what lies inside JSON is JSON
}

/** Fills `{name}` in a path from the names given, else from the record; values are escaped. */
export function fillPath(
  template: string,
  names: Readonly<Record<string, string>>,
  record: JsonObject = {},
): string {
  return template.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(names[name] ?? scalarText(record[name])),
  );
}
