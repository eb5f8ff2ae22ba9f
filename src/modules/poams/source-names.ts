import type { RunContext } from '../../engine/run/index.ts';

export interface SourceNames {
  /** The products that report the weakness, for the record. */
  readonly titles: string;
  /** The name under which the plugin is known. */
  readonly pluginsOf: string;
}

/** Names of the sources by the types of their systems. */
export type NamesOf = (systemTypes: readonly string[]) => SourceNames;

/** The names of the sources of a weakness, by the types of their systems, as each declares. */
export function sourceNames(
  { modules, scanFiles }: Pick<RunContext, 'modules' | 'scanFiles'>,
  systemTypes: readonly string[],
): SourceNames {
  const known = systemTypes.map((type) => {
    const declared = type === scanFiles?.systemType ? scanFiles : modules.get(type)?.declaration;
    return { title: declared?.title ?? type, pluginsOf: declared?.pluginsOf };
  });
  return {
    titles: [...new Set(known.map(({ title }) => title))].join(', '),
    pluginsOf: known.find(({ pluginsOf }) => pluginsOf !== undefined)?.pluginsOf ?? 'Scanner',
  };
}
