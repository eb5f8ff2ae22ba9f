/** What each source says of an asset, field by field, and which value is taken: as `joinSources` of the load does it in SQL. Pure. */
import type { Json } from '../../platform/values/index.ts';
import type { AssetSourceView } from './fetch-asset.sql.ts';

export interface SourceField {
  readonly field: string;
  /** In the order of the sources, those that count first; undefined: the source does not say. */
  readonly values: readonly (Json | undefined)[];
  readonly taken: Json;
  /** `only`: one source says it. `latest`: of the source that saw the asset last. `all`: of lists the union. `earliest`: when it was first seen. */
  readonly why: 'only' | 'latest' | 'all' | 'earliest';
  /** Places of the sources whose value was taken. */
  readonly from: readonly number[];
}

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** @param sources in the order of `fetchAssetSources`. */
export function sourceFields(sources: readonly AssetSourceView[]): SourceField[] {
  const fields = [...new Set(sources.flatMap(({ record }) => Object.keys(record)))].toSorted();
  return fields.flatMap((field) => {
    const values = sources.map(({ record }) => record[field]);
    const saying = values.flatMap((value, at) => (isEmpty(value) ? [] : [at]));
    const [first] = saying;
    return first === undefined ? [] : [{ field, values, ...takenOf(field, values, saying, first) }];
  });
}

function takenOf(
  field: string,
  values: readonly (Json | undefined)[],
  saying: readonly number[],
  first: number,
): Pick<SourceField, 'taken' | 'why' | 'from'> {
  const value = values[first] ?? null;
  if (saying.length === 1) return { taken: value, why: 'only', from: saying };
  if (Array.isArray(value)) {
    const items = saying.flatMap((at): readonly Json[] => {
      const said = values[at] ?? null;
      return Array.isArray(said) ? said : [said];
    });
    return {
      taken: [...new Map(items.map((item) => [JSON.stringify(item), item])).values()],
      why: 'all',
      from: saying,
    };
  }
  if (field !== 'first_seen') return { taken: value, why: 'latest', from: [first] };
  // Instants in ISO 8601, which sort as texts.
  const textAt = (at: number): string => JSON.stringify(values[at]);
  const earliest = saying.toSorted((a, b) => (textAt(a) < textAt(b) ? -1 : 1))[0] ?? first;
  return { taken: values[earliest] ?? null, why: 'earliest', from: [earliest] };
}
