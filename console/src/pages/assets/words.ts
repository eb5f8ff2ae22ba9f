export const stateWords = {
  reported: 'Reported',
  unreported: 'No longer reported',
  terminated: 'Terminated',
  deleted: 'Deleted',
} as const;
export const words = {
  title: 'Assets',
  many: 'assets',
  nothingYet: 'No machine is known yet. Import a scan file or run a sync, and machines appear here.',
};

const short: Readonly<Record<string, string>> = {
  risk: 'Risk',
  acr: 'ACR',
  bios: 'BIOS',
  fqdn: 'FQDN',
  fqdns: 'FQDNs',
  ip: 'IP address',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  mac: 'MAC',
  netbios: 'NetBIOS',
  uuid: 'UUID',
  id: 'id',
};
/** `bios_uuid` → `BIOS UUID` */
export const identifierWords = (name: string): string =>
  name
    .split('_')
    .map((word) => short[word] ?? word)
    .join(' ')
    .replace(/^./, (letter) => letter.toUpperCase());
