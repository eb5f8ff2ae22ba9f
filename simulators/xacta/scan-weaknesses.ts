/** High and critical scan results by plugin and system: what people may have written POA&Ms about already. */
import { createFindings } from '../world/findings.ts';
import type { World, WorldComponent, WorldOptions } from '../world/world.ts';

export interface ScanWeakness {
  readonly systemId: string;
  readonly pluginId: number;
  readonly pluginName: string;
  readonly severity: 3 | 4;
  readonly solution: string;
  readonly cves: readonly string[];
  /** Tenable's ids of the machines that show it. */
  readonly assets: readonly string[];
}

/** Machines looked at: enough for any number of POA&Ms, few enough for a large world to start quickly. */
const hostLimit = 80;

/** Of the world's open findings, those on machines that the record has as a component of one system only. */
export function worldWeaknesses(options: WorldOptions, world: World): ScanWeakness[] {
  const systemOf = systemsByHost(world.components);
  const findingsOf = createFindings(options, world.plugins);
  const found = new Map<string, ScanWeakness & { assets: string[] }>();
  for (const [index, host] of world.hosts.slice(0, hostLimit).entries()) {
    const systemId = systemOf.get(host.tenableUuid);
    if (systemId === undefined) continue;
    for (const { plugin, state, severityId, modification } of findingsOf(host, index)) {
      if ((severityId !== 3 && severityId !== 4) || state === 'FIXED' || modification !== 'NONE') continue;
      const key = `${systemId} ${plugin.id}`;
      const known = found.get(key);
      if (known) known.assets.push(host.tenableUuid);
      else
        found.set(key, {
          systemId,
          pluginId: plugin.id,
          pluginName: plugin.name,
          severity: severityId,
          solution: plugin.solution,
          cves: plugin.cves,
          assets: [host.tenableUuid],
        });
    }
  }
  return [...found.values()];
}

/** The system of each machine that exactly one system lists. */
function systemsByHost(components: readonly WorldComponent[]): ReadonlyMap<string, string> {
  const systems = new Map<string, string | undefined>();
  for (const { hostUuid, systemId } of components)
    if (hostUuid !== undefined) systems.set(hostUuid, systems.has(hostUuid) ? undefined : systemId);
  return new Map(
    [...systems].flatMap(([host, system]) => (system === undefined ? [] : [[host, system] as const])),
  );
}
