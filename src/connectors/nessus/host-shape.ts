/** A host of a scan file in the spelling of `scanFileMappings`, whatever dialect it came in. Pure. */
import { type IdentifierKind, normalizeIdentifier } from '../../canonical/identity/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

/** Names and addresses as the file has them; lists may hold empty texts. */
export interface HostFacts {
  readonly name: string;
  readonly tenableUuid?: string | undefined;
  readonly agentUuid?: string | undefined;
  readonly biosUuid?: string | undefined;
  /** What a server calls the host; says nothing outside of it. */
  readonly hostId?: string | undefined;
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
const nothing =
  /^(?:n\/?a|none|null|nil|undefined|unknown|-+|\(none\)|not (?:available|set|specified)|localhost6?(?:\.localdomain6?)?)$/i;
/** A text that says something; what scanners and spreadsheets write for nothing does not. */
const said = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' || nothing.test(trimmed) ? undefined : trimmed;
};
const each = (texts: readonly (string | undefined)[]): string[] => [
  ...new Set(texts.map((text) => said(text)).filter((text) => text !== undefined)),
];

/** The host of a URL, the address without its zone index, the name without its domain (`CORP\SRV01`) or final dot. */
export function plainName(text: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(text.trim());
  const name = (url?.[1] ?? text.trim()).replaceAll(/[[\]]/g, '');
  if (name.includes(':')) return name.replace(/%.*$/, '');
  return (name.split('\\').at(-1) ?? '').replace(/\.$/, '');
}

/** Facts with every name and address as it is meant; empty where a host has none. */
function plainFacts(facts: HostFacts): HostFacts {
  const plain = (text: string | undefined): string | undefined => {
    const name = said(text);
    return name === undefined ? undefined : said(plainName(name));
  };
  return {
    ...facts,
    name: plain(facts.name) ?? '',
    hostname: plain(facts.hostname),
    netbios: plain(facts.netbios),
    fqdns: each(facts.fqdns.map((fqdn) => plain(fqdn))),
    ips: each(facts.ips.map((ip) => plain(ip))).filter((ip) => address.test(ip)),
    macs: each(facts.macs),
    tenableUuid: said(facts.tenableUuid),
    agentUuid: said(facts.agentUuid),
    biosUuid: said(facts.biosUuid),
  };
}

/** What the host may be called, the strongest first; placeholders, which strangers share, are nothing to be called by. */
function keysOf(facts: HostFacts): string[] {
  const own = (kind: IdentifierKind, texts: readonly (string | undefined)[]): string[] =>
    texts.filter(
      (text): text is string => text !== undefined && normalizeIdentifier(kind, text) !== undefined,
    );
  const first = (kind: IdentifierKind, texts: readonly (string | undefined)[]): string | undefined =>
    own(kind, texts)[0];
  const mac = own('mac', facts.macs.toSorted())[0];
  const netbios = first('netbios', [facts.netbios]);
  const named: readonly (readonly [string, string | undefined])[] = [
    ['agent', first('agent_uuid', [facts.agentUuid])],
    ['host-id', said(facts.hostId)],
    ['bios', first('bios_uuid', [facts.biosUuid])],
    ['fqdn', first('fqdn', facts.fqdns)],
    // A short name is given to many machines: with an adapter it says which.
    ['netbios', netbios === undefined || mac === undefined ? netbios : `${netbios}&mac=${mac}`],
    ['mac', mac],
    ['ip', first('ip', facts.ips)],
    ['name', said(facts.name) ?? said(facts.hostname) ?? facts.fqdns[0] ?? facts.ips[0]],
  ];
  return named
    .filter(([, value]) => value !== undefined)
    .map(([kind, value]) => `${kind}=${value ?? ''}`.toLowerCase().slice(0, 255));
}

/** The record of a host and its key. */
export interface HostRecord {
  /** What the host is called, so that the same host in the next file is the same record. */
  readonly key: string;
  readonly raw: JsonObject;
}

/**
 * The hosts of one file. A host is called by Tenable's uuid of the asset where the file has it, else by the strongest of what keeps
 * machines apart; one that is known by another thing next time is recognised by its identifiers. Two hosts of the file of which names
 * and addresses differ are two, also where both carry one BIOS uuid: such a uuid is a board maker's, or a copied machine's.
 */
export class HostsOfFile {
  readonly #known = new Map<string, readonly ReadonlySet<string>[]>();

  /** The host that facts are of; undefined where they name none: no uuid, no name, no address. */
  nameOf(told: HostFacts): HostRecord | undefined {
    const facts = plainFacts(told);
    const isName = facts.name !== '' && !address.test(facts.name);
    const ips = each([...facts.ips, ...(facts.name === '' || isName ? [] : [facts.name])]);
    const fqdns = each([...facts.fqdns, ...(isName && facts.name.includes('.') ? [facts.name] : [])]);
    const tenable =
      facts.tenableUuid !== undefined && uuid.test(facts.tenableUuid) ? facts.tenableUuid : undefined;
    const keys = keysOf({ ...facts, ips });
    const key = tenable?.toLowerCase() ?? this.#choose(keys, { ...facts, ips, fqdns });
    if (key === undefined) return undefined;
    const hostname =
      facts.hostname ?? fqdns[0] ?? facts.netbios ?? (isName ? facts.name : (ips[0] ?? undefined));
    return {
      key,
      raw: {
        key,
        ...(tenable === undefined ? {} : { tenable_uuid: tenable }),
        ...(hostname === undefined ? {} : { hostname: hostname.slice(0, 255) }),
        ...(facts.netbios === undefined ? {} : { netbios: facts.netbios.slice(0, 100) }),
        ...(facts.agentUuid === undefined ? {} : { agent_uuid: facts.agentUuid }),
        ...(facts.biosUuid === undefined ? {} : { bios_uuid: facts.biosUuid }),
        fqdns,
        ipv4s: ips.filter((ip) => !ip.includes(':')),
        ipv6s: ips.filter((ip) => ip.includes(':')),
        macs: [...facts.macs],
        operating_systems: each(facts.operatingSystems),
        system_types: each(facts.systemTypes),
        ...(facts.startedAt === undefined ? {} : { started_at: facts.startedAt }),
        ...(facts.endedAt === undefined ? {} : { seen_at: facts.endedAt }),
        ...facts.kept,
      },
    };
  }

  /** The first key that no other machine of this file has. */
  #choose(keys: readonly string[], facts: HostFacts): string | undefined {
    const [strongest] = keys;
    if (strongest === undefined || !strongest.startsWith('bios=')) return strongest;
    const marks = [facts.fqdns, facts.ips, facts.macs].map(
      (texts) => new Set(texts.map((text) => text.toLowerCase())),
    );
    const known = this.#known.get(strongest);
    if (!known) {
      this.#known.set(strongest, marks);
      return strongest;
    }
    const compared = marks
      .map((mark, place) => [mark, known[place] ?? new Set<string>()] as const)
      .filter(([here, there]) => here.size > 0 && there.size > 0);
    const differs =
      compared.length >= 2 && compared.every(([here, there]) => ![...here].some((mark) => there.has(mark)));
    return differs && keys[1] !== undefined ? `${strongest}&${keys[1]}`.slice(0, 255) : strongest;
  }
}
