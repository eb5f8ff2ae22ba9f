/**
 * Components for recorded Tenable exports, so that a demonstration over real recordings has something to correlate:
 * every second recorded machine is in the record of one of the systems, known by its name and address or by its MAC.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { WorldComponent, WorldSystem } from '../world/world.ts';
import type { ScanWeakness } from './scan-weaknesses.ts';

const texts = z.array(z.string()).nullish();
const recordedAsset = z.object({
  id: z.string(),
  fqdns: texts,
  hostnames: texts,
  ipv4s: texts,
  mac_addresses: texts,
  operating_systems: texts,
});
type RecordedAsset = z.infer<typeof recordedAsset>;

const recordedFinding = z.object({
  asset: z.object({ uuid: z.string() }),
  plugin: z.object({
    id: z.int(),
    name: z.string(),
    solution: z.string().nullish(),
    cve: texts,
  }),
  severity_id: z.int(),
  state: z.string(),
});

/** @throws Error if the folder cannot be read or a chunk is no list of assets. */
export function recordedComponents(folder: string, systems: readonly WorldSystem[]): WorldComponent[] {
  const components: WorldComponent[] = [];
  for (const [index, asset] of chunks(folder, /^assets-chunk.*\.json$/, recordedAsset).entries()) {
    const system = systems[components.length % systems.length];
    const known = index % 2 === 0 && system ? knownBy(asset, components.length) : undefined;
    if (known && system) components.push(componentOf(asset, system, components.length, known));
  }
  return components;
}

/** Open high and critical findings of the machines that are components. */
export function recordedWeaknesses(folder: string, components: readonly WorldComponent[]): ScanWeakness[] {
  const systemOf = new Map(components.map((each) => [each.hostUuid, each.systemId]));
  const found = new Map<string, ScanWeakness & { assets: string[] }>();
  for (const { asset, plugin, severity_id: severity, state } of chunks(
    folder,
    /^vulns-chunk.*\.json$/,
    recordedFinding,
  )) {
    const systemId = systemOf.get(asset.uuid);
    if (systemId === undefined || (severity !== 3 && severity !== 4) || state === 'FIXED') continue;
    const key = `${systemId} ${plugin.id}`;
    const known = found.get(key);
    if (known) known.assets = [...new Set([...known.assets, asset.uuid])];
    else
      found.set(key, {
        systemId,
        pluginId: plugin.id,
        pluginName: plugin.name,
        severity,
        solution: plugin.solution ?? 'Apply the vendor update.',
        cves: plugin.cve ?? [],
        assets: [asset.uuid],
      });
  }
  return [...found.values()];
}

function chunks<T>(folder: string, names: RegExp, record: z.ZodType<T>): T[] {
  const files = readdirSync(folder)
    .filter((name) => names.test(name))
    .toSorted();
  return files.flatMap((name) => z.array(record).parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

/** The first two kinds of machine by name and address, every third by MAC alone, as far as the recording tells. */
function knownBy(
  asset: RecordedAsset,
  place: number,
): Pick<WorldComponent, 'fqdn' | 'ipv4' | 'macAddress'> | undefined {
  const fqdn = asset.fqdns?.[0];
  const ipv4 = asset.ipv4s?.[0];
  const mac = asset.mac_addresses?.[0];
  const byName = fqdn !== undefined && ipv4 !== undefined;
  if (byName && (mac === undefined || place % 3 !== 2)) return { fqdn, ipv4, macAddress: undefined };
  return mac === undefined ? undefined : { fqdn: undefined, ipv4: undefined, macAddress: mac };
}

function componentOf(
  asset: RecordedAsset,
  system: WorldSystem,
  index: number,
  known: Pick<WorldComponent, 'fqdn' | 'ipv4' | 'macAddress'>,
): WorldComponent {
  const hostname = known.fqdn?.split('.')[0];
  return {
    id: `CMP-${String(index + 1).padStart(4, '0')}`,
    systemId: system.id,
    name: hostname === undefined ? `machine ${known.macAddress ?? ''}` : `server ${hostname}`,
    componentType: 'Server',
    operatingSystem: asset.operating_systems?.[0] ?? 'unknown',
    owner: system.owner,
    technicalOwner: system.organization,
    hostname,
    netbiosName: undefined,
    biosUuid: undefined,
    tenableUuid: undefined,
    hostUuid: asset.id,
    ...known,
  };
}
