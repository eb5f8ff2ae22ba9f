/** A host of a scan file in the spelling of `scanFileMappings`, whatever dialect it came in. Pure. */
import type { JsonObject } from '../../model/json.ts';

/** Names and addresses as the file has them; lists may hold empty texts. */
export interface HostFacts {
  readonly name: string;
  readonly tenableUuid?: string | undefined;
  readonly agentUuid?: string | undefined;
  readonly biosUuid?: string | undefined;
  readonly hostname?: string | undefined;
  readonly netbios?: string | undefined;
  readonly fqdns: readonly string[];
  readonly ips: readonly string[];
  readonly macs: readonly string[];
  readonly operatingSystems: readonly string[];
  readonly systemTypes: readonly string[];
  readonly endedAt?: string | undefined;
  readonly startedAt?: string | undefined;
  /** What else the file says, to be kept. */
  readonly kept: JsonObject;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const address = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/i;
const said = (text: string | undefined): string | undefined => (text?.trim() ? text.trim() : undefined);
const each = (texts: readonly string[]): string[] => [
  ...new Set(texts.map((text) => text.trim()).filter((text) => text !== '')),
];

/**
 * What a host is called, so that the same host in the next file is the same record: Tenable's uuid of the asset where the file has
 * it, else the strongest of what tells machines apart. A host that is known by another thing next time is recognised by its
 * identifiers.
 */
function hostKey(facts: HostFacts): string {
  const tenable = said(facts.tenableUuid);
  if (tenable !== undefined && uuid.test(tenable)) return tenable.toLowerCase();
  const macs = each(facts.macs).toSorted();
  const named: readonly (readonly [string, string | undefined])[] = [
    ['agent', said(facts.agentUuid)],
    ['bios', said(facts.biosUuid)],
    ['fqdn', each(facts.fqdns)[0]],
    ['netbios', said(facts.netbios)],
    ['mac', macs[0]],
    ['ip', each(facts.ips)[0]],
    ['name', said(facts.name)],
  ];
  const [kind, value] = named.find(([, text]) => text !== undefined) ?? ['name', ''];
  return `${kind}=${value ?? ''}`.toLowerCase().slice(0, 255);
}

/** The record of a host and its key. */
export function hostRecord(facts: HostFacts): { readonly key: string; readonly raw: JsonObject } {
  const name = said(facts.name);
  const ips = each([...facts.ips, ...(name !== undefined && address.test(name) ? [name] : [])]);
  const key = hostKey({ ...facts, ips });
  const isName = name !== undefined && !address.test(name);
  const fqdns = each([...facts.fqdns, ...(isName && name.includes('.') ? [name] : [])]);
  const hostname = said(facts.hostname) ?? fqdns[0] ?? said(facts.netbios) ?? (isName ? name : ips[0]);
  const tenable = said(facts.tenableUuid);
  return {
    key,
    raw: {
      key,
      ...(tenable !== undefined && uuid.test(tenable) ? { tenable_uuid: tenable } : {}),
      ...(hostname === undefined ? {} : { hostname: hostname.slice(0, 255) }),
      ...(said(facts.netbios) === undefined ? {} : { netbios: said(facts.netbios)?.slice(0, 100) ?? null }),
      ...(said(facts.agentUuid) === undefined ? {} : { agent_uuid: said(facts.agentUuid) ?? null }),
      ...(said(facts.biosUuid) === undefined ? {} : { bios_uuid: said(facts.biosUuid) ?? null }),
      fqdns,
      ipv4s: ips.filter((ip) => !ip.includes(':')),
      ipv6s: ips.filter((ip) => ip.includes(':')),
      macs: each(facts.macs),
      operating_systems: each(facts.operatingSystems),
      system_types: each(facts.systemTypes),
      ...(facts.startedAt === undefined ? {} : { started_at: facts.startedAt }),
      ...(facts.endedAt === undefined ? {} : { seen_at: facts.endedAt }),
      ...facts.kept,
    },
  };
}
