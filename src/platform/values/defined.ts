type MayBeUndefined<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** The properties of `T` that can be undefined become optional; the others stay as they are. */
export type Defined<T> = { readonly [K in Exclude<keyof T, MayBeUndefined<T>>]: T[K] } & {
  readonly [K in MayBeUndefined<T>]?: Exclude<T[K], undefined>;
};

/** The object without its properties that are undefined, as `exactOptionalPropertyTypes` asks for. */
export function defined<const T extends object>(properties: T): Defined<T> {
  // Object.entries gives the keys as texts; each property that is kept is of the type that `T` says.
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
