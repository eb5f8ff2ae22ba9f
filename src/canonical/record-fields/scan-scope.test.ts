import { describe, expect, it } from 'vitest';
import { ran, scopeAsJson, scopeFromJson, type ScanScope } from './scan-scope.ts';

const scope = (more: Partial<ScanScope>): ScanScope => ({
  pluginIds: undefined,
  families: new Map(),
  plugins: new Map(),
  ...more,
});
const plugin = { id: '1', family: 'General' };

describe('whether a scan ran a plugin', () => {
  it('whether a scan ran a plugin is not concluded where the file does not say', () => {
    expect(ran(scope({}), plugin)).toBe(false);
    expect(ran(scope({ families: new Map([['General', 'mixed']]) }), plugin)).toBe(false);
  });

  it('whether a scan ran a plugin is decided by the list of plugins, except for families and plugins that were switched off', () => {
    const pluginIds = new Set(['1']);
    expect(ran(scope({ pluginIds }), plugin)).toBe(true);
    expect(ran(scope({ pluginIds }), { ...plugin, id: '2' })).toBe(false);
    expect(ran(scope({ pluginIds, families: new Map([['General', 'disabled']]) }), plugin)).toBe(false);
    expect(ran(scope({ pluginIds, plugins: new Map([['1', false]]) }), plugin)).toBe(false);
  });

  it('whether a scan ran a plugin is decided by its family or by the plugin itself where there is no list', () => {
    expect(ran(scope({ families: new Map([['General', 'enabled']]) }), plugin)).toBe(true);
    expect(ran(scope({ plugins: new Map([['1', true]]) }), plugin)).toBe(true);
  });

  it('whether a scan ran a plugin is decided the same after its scope was stored', () => {
    const given = scope({
      pluginIds: new Set(['2', '1']),
      families: new Map([['General', 'mixed']]),
      plugins: new Map([['3', true]]),
    });
    expect(scopeFromJson(scopeAsJson(given))).toEqual({ ...given, pluginIds: new Set(['1', '2']) });
  });
});
