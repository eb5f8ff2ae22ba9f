/** Which plugins a scan ran. Pure. */
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';

/** What is not said is not concluded: a plugin that the scope does not name was not run. */
export interface ScanScope {
  /** Ids of the plugins that the policy had; undefined where that is not said. */
  readonly pluginIds: ReadonlySet<string> | undefined;
  /** Families by name, where the policy chose some. */
  readonly families: ReadonlyMap<string, 'enabled' | 'disabled' | 'mixed'>;
  /** Single plugins that the policy chose or left out. */
  readonly plugins: ReadonlyMap<string, boolean>;
}

/** Whether a scan of this scope ran the plugin. */
export function ran(
  scope: ScanScope,
  plugin: { readonly id: string; readonly family: string | null },
): boolean {
  const chosen = scope.plugins.get(plugin.id);
  if (chosen === false) return false;
  if (scope.pluginIds) {
    const family = plugin.family === null ? undefined : scope.families.get(plugin.family);
    return scope.pluginIds.has(plugin.id) && (family !== 'disabled' || chosen === true);
  }
  return chosen === true || (plugin.family !== null && scope.families.get(plugin.family) === 'enabled');
}

/** In a form that is the same for the same scope. */
export function scopeAsJson(scope: ScanScope): JsonObject {
  return {
    pluginIds: scope.pluginIds ? [...scope.pluginIds].toSorted() : null,
    families: Object.fromEntries([...scope.families].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    plugins: Object.fromEntries([...scope.plugins].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export function scopeFromJson(json: Json): ScanScope {
  const { pluginIds, families, plugins } = isJsonObject(json) ? json : {};
  return {
    pluginIds: Array.isArray(pluginIds) ? new Set(pluginIds.map(String)) : undefined,
    families: new Map(
      Object.entries(isJsonObject(families) ? families : {}).flatMap(([name, state]) =>
        state === 'enabled' || state === 'disabled' || state === 'mixed' ? [[name, state] as const] : [],
      ),
    ),
    plugins: new Map(
      Object.entries(isJsonObject(plugins) ? plugins : {}).map(
        ([id, chosen]) => [id, chosen === true] as const,
      ),
    ),
  };
}
