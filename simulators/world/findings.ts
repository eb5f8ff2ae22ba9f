/**
 * Which findings the scanner has: exactly 2,000 for each unit of size, 25 a machine on average, each (machine, plugin,
 * port, protocol) once. Made on demand from the seed, so that 200,000 of them need no memory.
 */
import { kindOf, type HostKind } from './hosts.ts';
import { pluginCatalog } from './plugin-catalog.ts';
import { createRandom, daysBefore, randomUuid } from './random.ts';
import type { WorldHost, WorldOptions, WorldPlugin } from './world.ts';

export interface WorldFinding {
  readonly findingId: string;
  readonly host: WorldHost;
  readonly plugin: WorldPlugin;
  readonly state: 'OPEN' | 'REOPENED' | 'FIXED';
  readonly severityId: 0 | 1 | 2 | 3 | 4;
  readonly modification: 'NONE' | 'RECASTED' | 'ACCEPTED';
  readonly firstFound: string;
  readonly lastFound: string;
  readonly lastFixed: string | undefined;
  readonly resurfacedOn: string | undefined;
  readonly indexedOn: string;
}

const perHost = [15, 20, 25, 30, 35] as const;

/** For each kind of machine the plugins that can fire on it, in an order in which weak and harmless ones alternate. */
function pluginsFor(kind: HostKind, plugins: readonly WorldPlugin[]): WorldPlugin[] {
  const kinds = new Map(pluginCatalog.map((row) => [row.id, row.kind]));
  const wanted = kind === 'network' ? ['any', kind] : ['any', 'server', kind];
  const fitting = plugins.filter((plugin) => wanted.includes(kinds.get(plugin.id) ?? ''));
  return fitting.toSorted((a, b) => ((a.id * 7919) % 1009) - ((b.id * 7919) % 1009));
}

/** The findings of one machine by its place in the world. */
export function createFindings(
  options: WorldOptions,
  plugins: readonly WorldPlugin[],
): (host: WorldHost, index: number) => WorldFinding[] {
  const byKind = {
    linux: pluginsFor('linux', plugins),
    windows: pluginsFor('windows', plugins),
    network: pluginsFor('network', plugins),
  };
  return (host, index) => {
    const fitting = byKind[kindOf(host)];
    const count = perHost[(index * 3 + Math.floor(index / 5)) % perHost.length] ?? 25;
    return Array.from({ length: Math.min(count, fitting.length) }, (_, nth): WorldFinding => {
      const plugin = fitting[(index * 11 + nth) % fitting.length];
      if (!plugin) throw new Error(`no plugin fits ${host.hostname}`);
      return findingOf(options, host, plugin);
    });
  };
}

function findingOf(options: WorldOptions, host: WorldHost, plugin: WorldPlugin): WorldFinding {
  const random = createRandom(options.seed, 'finding', host.tenableUuid, plugin.id);
  const roll = random.next();
  // Information is never "fixed" in the demo's world; of weaknesses a fifth was, and one in twenty came back.
  const state = plugin.severity === 0 || roll < 0.72 ? 'OPEN' : roll < 0.77 ? 'REOPENED' : 'FIXED';
  const drawnAge = plugin.severity >= 3 ? random.between(2, 75) : random.between(5, 400);
  // No scan finds anything before the plugin for it is out.
  const outDays = (options.now.getTime() - Date.parse(plugin.publishedOn)) / 86_400_000;
  const age = Math.min(drawnAge, Math.floor(outDays) - 2);
  const lastSeenDays = random.between(4, 72) / 24;
  const modified = plugin.severity > 0 && state === 'OPEN' ? random.next() : 1;
  const modification = modified < 0.02 ? 'ACCEPTED' : modified < 0.04 ? 'RECASTED' : 'NONE';
  const fixedDays = Math.max(age * 0.4, lastSeenDays + 0.5);
  return {
    findingId: randomUuid(random),
    host,
    plugin,
    state,
    severityId:
      modification === 'RECASTED' ? (Math.max(plugin.severity - 1, 1) as 1 | 2 | 3) : plugin.severity,
    modification,
    // Found before it was fixed, however young it is.
    firstFound: daysBefore(
      options.now,
      state === 'OPEN' ? Math.max(age + 1, lastSeenDays) : Math.max(age + 1, fixedDays + 1),
    ),
    lastFound: daysBefore(options.now, state === 'FIXED' ? fixedDays + 0.4 : lastSeenDays),
    lastFixed: state === 'OPEN' ? undefined : daysBefore(options.now, fixedDays),
    resurfacedOn:
      state === 'REOPENED' ? daysBefore(options.now, Math.max(age * 0.2, lastSeenDays)) : undefined,
    indexedOn: daysBefore(options.now, Math.max(lastSeenDays - 0.05, 0.1)),
  };
}
