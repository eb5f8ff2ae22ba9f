/**
 * What a machine is known by, normalised so that two systems' spellings compare equal. A scanner writes BIOS UUIDs in
 * upper case in findings and lower in assets, agent UUIDs without dashes, MACs in either case.
 */
import type { AssetRecord, ComponentRecord } from '../record-fields/index.ts';

export const identifierKinds = [
  'scanner_uuid',
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

/** What people, forms and firmware write where there is no name. */
const noName =
  /^(localhost[46]?|localdomain|ip6-localhost|ip6-loopback|n\/?a|none|null|nil|unknown|undefined|unnamed|unassigned|default|empty|not (available|set|specified|applicable)|no name|system (product )?name|(to be filled|default string).*|[-_.?]+|\(.*\))$/;
/** Names that every machine, or none, has. */
const noFqdn =
  /^(localhost[46]?|n\/?a|none|unknown|ip6-localhost)\.|(^|\.)(in-addr|ip6)\.arpa$|\.localdomain[46]?$/;

/**
 * BIOS uuids that board makers leave in every machine, as firmware and inventories of fleets know them; the first ones also with the
 * bytes of their first three parts turned.
 */
const boardMakers: ReadonlySet<string> = new Set([
  '03000200040005000006000700080009',
  '00020003000400050006000700080009',
  '030201000504070608090a0b0c0d0e0f',
  '000102030405060708090a0b0c0d0e0f',
  '12345678123456781234567812345678',
  '123456781234567890abcddeefaabbcc',
  '785634123412785690abcddeefaabbcc',
  '12345678123412341234123456789abc',
  '01234567891011121314151617181920',
  '0123456789abcdef0123456789abcdef',
  'fefefefefefefefefefefefefefefefe',
  '4c4c454400002010802080c04f202020',
  '44454c4c00002010802080c04f202020',
  '10000000000080000040000000000000',
  'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0',
]);

/** Adapters that are the same in many machines: of hypervisors, VPN clients and dial-up, and of groups of routers. */
const sharedAdapter =
  /^(00:50:56:c0:00:0[0-9a-f]|0a:00:27:00:00:|02:00:4c:4f:4f:50|02:50:41:00:00:|00:05:9a:3c:7|00:09:0f:(fe|aa):00:|00:53:45:00:00:00|50:50:54:50:30:30|33:50:6f:45:30:30|20:41:53:59:4e:ff|02:42:ac:1|00:00:5e:00:0[12]:|00:00:0c:07:ac:|00:00:0c:9f:f|00:07:b4:00:)/;

/** A uuid of one or two digits over and over is typed or unset, not made. */
const isUniform = (uuid: string): boolean => new Set(uuid).size <= 2;

const octets = (ip: string): number[] => ip.split('.').map(Number);

/** Values that scanners and inventories write for "none"; as identifiers they would make strangers the same machine. */
function meansNothing(kind: IdentifierKind, value: string): boolean {
  switch (kind) {
    case 'mac':
      return (
        !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value) ||
        /^([0-9a-f]{2}):(\1:){4}\1$|^(00:){5}0[0-9a-f]$/.test(value) ||
        // Belongs to a group, not to an adapter.
        /^(01:00:5e|33:33|01:80:c2)/.test(value) ||
        sharedAdapter.test(value)
      );
    case 'scanner_uuid':
    case 'agent_uuid':
      return !/^[0-9a-f]{32}$/.test(value) || /^(.)\1{31}$/.test(value);
    case 'bios_uuid':
      return !/^[0-9a-f]{32}$/.test(value) || isUniform(value) || boardMakers.has(value);
    case 'ip':
      if (ipv4.test(value))
        return (
          octets(value).some((octet) => octet > 255) ||
          /^(127|0|22[4-9]|23\d|24\d|25[0-5])\./.test(value) ||
          value.startsWith('169.254.')
        );
      return /^(::1?$|fe[89ab][0-9a-f]:|ff)/.test(value) || !/^[0-9a-f.:]*:[0-9a-f.:]*$/.test(value);
    case 'fqdn':
      return !value.includes('.') || /[\s:/]/.test(value) || ipv4.test(value) || noFqdn.test(value);
    case 'hostname':
    case 'netbios':
      return value === '' || noName.test(value) || ipv4.test(value) || value.includes(':');
  }
}

/** The comparable form of an identifier, or undefined if the value identifies nothing. */
export function normalizeIdentifier(kind: IdentifierKind, raw: string): Identifier | undefined {
  let value = raw.trim().toLowerCase();
  switch (kind) {
    case 'scanner_uuid':
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
      value = (value.split('\\').at(-1) ?? '').replace(/\.$/, '');
      break;
    case 'hostname':
      value = value.split('\\').at(-1) ?? '';
      // A fully qualified name in a host name field is compared by its first label; the whole goes in as an FQDN.
      if (!ipv4.test(value)) value = value.split('.')[0] ?? '';
      break;
    case 'netbios':
      value = value.split('\\').at(-1) ?? ''; // DOMAIN\NAME
      break;
    case 'ip':
      // fe80::1%eth0, and an IPv4 address in IPv6.
      value = value.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/, '');
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
 * All that an asset is known by. @param ownsIdentity whether the record's uuid is the scanner's own; else it is only the source's way to name it.
 * Names may be in either field, so host names are tried as FQDNs too. */
export function identifiersOfAsset(asset: AssetRecord, ownsIdentity: boolean): Identifier[] {
  const names = [asset.hostname, ...(asset.hostnames ?? []), ...(asset.fqdns ?? [])];
  return collect({
    scanner_uuid: [ownsIdentity ? asset.asset_uuid : asset.scanner_uuid],
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
    scanner_uuid: [component.scanner_uuid],
    agent_uuid: [component.agent_uuid],
    bios_uuid: [component.bios_uuid],
    mac: component.mac_addresses,
    fqdn: names,
    hostname: names,
    netbios: [component.netbios_name],
    ip: component.ipv4_addresses,
  });
}
