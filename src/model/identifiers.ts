/**
 * What a machine is known by, normalised so that two systems' spellings compare equal. Tenable writes BIOS UUIDs in
 * upper case in findings and lower in assets, agent UUIDs without dashes, MACs in either case
 * (reference/tenable.md section 5).
 */
import type { AssetRecord, ComponentRecord } from './records.ts';

export const identifierKinds = [
  'tenable_uuid',
  'agent_uuid',
  'bios_uuid',
  'mac',
  'fqdn',
  'hostname',
  'netbios',
  'ip',
] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Values that scanners and inventories write for "none"; as identifiers they would make strangers the same machine. */
function meansNothing(kind: IdentifierKind, value: string): boolean {
  switch (kind) {
    case 'mac':
      return !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value) || /^(00:){5}00$|^(ff:){5}ff$/.test(value);
    case 'tenable_uuid':
    case 'agent_uuid':
    case 'bios_uuid':
      return !/^[0-9a-f]{32}$/.test(value) || /^(.)\1{31}$/.test(value);
    case 'ip':
      return /^(127\.|169\.254\.|0\.0\.0\.0$|::1$|fe80:)/.test(value) || !/^[0-9a-f.:]+$/.test(value);
    case 'fqdn':
      return !value.includes('.') || ipv4.test(value) || value.startsWith('localhost.');
    case 'hostname':
    case 'netbios':
      return value === '' || value === 'localhost' || ipv4.test(value);
  }
}

/** The comparable form of an identifier, or undefined if the value identifies nothing. */
export function normalizeIdentifier(kind: IdentifierKind, raw: string): Identifier | undefined {
  let value = raw.trim().toLowerCase();
  switch (kind) {
    case 'tenable_uuid':
    case 'agent_uuid':
    case 'bios_uuid':
      value = value.replaceAll(/[^0-9a-f]/g, '');
      break;
    case 'mac': {
      const digits = value.replaceAll(/[^0-9a-f]/g, '');
      value = digits.length === 12 ? (digits.match(/../g) ?? []).join(':') : '';
      break;
    }
    case 'fqdn':
      value = value.replace(/\.$/, '');
      break;
    case 'hostname':
      // A fully qualified name in a host name field is compared by its first label; the whole goes in as an FQDN.
      if (!ipv4.test(value)) value = value.split('.')[0] ?? '';
      break;
    case 'netbios':
      value = value.split('\\').at(-1) ?? ''; // DOMAIN\NAME
      break;
    case 'ip':
      break;
  }
  return value.length > 255 || meansNothing(kind, value) ? undefined : { kind, value };
}

type Named = Partial<Record<IdentifierKind, readonly (string | null | undefined)[] | null | undefined>>;

function collect(named: Named): Identifier[] {
  const found = new Map<string, Identifier>();
  for (const kind of identifierKinds)
    for (const raw of named[kind] ?? []) {
      const identifier = raw ? normalizeIdentifier(kind, raw) : undefined;
      if (identifier) found.set(`${identifier.kind} ${identifier.value}`, identifier);
    }
  return [...found.values()];
}

/**
 * All that an asset is known by. @param ownsIdentity whether the record's uuid is Tenable's; else it is only the source's way to name it.
 * Names may stand in either field, so host names are tried as FQDNs too. */
export function identifiersOfAsset(asset: AssetRecord, ownsIdentity: boolean): Identifier[] {
  const names = [asset.hostname, ...(asset.hostnames ?? []), ...(asset.fqdns ?? [])];
  return collect({
    tenable_uuid: [ownsIdentity ? asset.asset_uuid : asset.tenable_uuid],
    agent_uuid: [asset.agent_uuid],
    bios_uuid: [asset.bios_uuid],
    mac: asset.mac_addresses,
    fqdn: names,
    hostname: names,
    netbios: [asset.netbios_name, ...(asset.netbios_names ?? [])],
    ip: [...(asset.ipv4_addresses ?? []), ...(asset.ipv6_addresses ?? [])],
  });
}

export function identifiersOfComponent(component: ComponentRecord): Identifier[] {
  const names = [component.hostname, ...(component.fqdns ?? [])];
  return collect({
    tenable_uuid: [component.tenable_uuid],
    agent_uuid: [component.agent_uuid],
    bios_uuid: [component.bios_uuid],
    mac: component.mac_addresses,
    fqdn: names,
    hostname: names,
    netbios: [component.netbios_name],
    ip: component.ipv4_addresses,
  });
}
