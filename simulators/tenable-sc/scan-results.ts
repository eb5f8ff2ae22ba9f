/**
 * What this Security Center holds: the machines and findings of the invented world, in two repositories, with rules and edits laid
 * over them. Rows are spelled as recorded answers spell them (decision 0020): almost every scalar is a text.
 */
import { createFindings, type WorldFinding } from '../world/findings.ts';
import { generateWorld } from '../world/generate.ts';
import type { WorldHost, WorldOptions } from '../world/world.ts';
import { pluginJson } from '../tenable/plugin-json.ts';

export type Row = Readonly<Record<string, unknown>>;
export type SourceType = 'cumulative' | 'patched';

export const repositories = [
  { id: '1', name: 'Enclave A', description: '', dataFormat: 'IPv4' },
  { id: '2', name: 'Enclave B', description: '', dataFormat: 'IPv4' },
] as const;

export interface Rule {
  readonly id: string;
  readonly kind: 'accept' | 'recast';
  readonly repository: string;
  readonly plugin: string;
  readonly hostType: string;
  readonly hostValue: string;
  readonly port: string;
  readonly protocol: string;
  readonly comments: string;
  readonly expires: string;
  readonly newSeverity?: string;
  readonly createdTime: string;
  readonly modifiedTime: string;
}

const severityNames = ['Info', 'Low', 'Medium', 'High', 'Critical'];
const protocols: Readonly<Record<string, string>> = { '6': 'TCP', '17': 'UDP', '1': 'ICMP' };
const epoch = (iso: string | undefined): string =>
  iso === undefined ? '-1' : String(Math.floor(Date.parse(iso) / 1000));
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map((each) => text(each)) : []);

interface Held {
  readonly host: WorldHost;
  readonly repository: (typeof repositories)[number];
  readonly finding: WorldFinding;
}

export class ScanResults {
  readonly #hosts: readonly {
    readonly host: WorldHost;
    readonly repository: (typeof repositories)[number];
  }[];
  readonly #held: readonly Held[];
  readonly #plugins = new Map<number, Record<string, unknown>>();
  readonly rules = new Map<string, Rule>();
  /** By host key: when it was seen by somebody's hand, or that it is gone. */
  readonly #hostEdits = new Map<string, { seenAt?: string; removed?: boolean }>();
  readonly #findingEdits = new Map<string, { seenAt?: string; removed?: boolean; fixedAt?: string }>();
  made = 0;
  #revision = 0;
  /** Of the last analyses: the pages of one read ask for the same rows again. */
  readonly #rows = new Map<SourceType, { readonly revision: number; readonly rows: Row[] }>();

  constructor(options: WorldOptions, machines: number) {
    const world = generateWorld(options);
    const findingsOf = createFindings(options, world.plugins);
    this.#hosts = world.hosts
      .slice(0, machines)
      .map((host, index) => ({ host, repository: repositories[index % 2 === 0 ? 0 : 1] }));
    this.#held = this.#hosts.flatMap(({ host, repository }, index) =>
      findingsOf(host, index).map((finding) => ({ host, repository, finding })),
    );
  }

  reset(): void {
    this.rules.clear();
    this.#hostEdits.clear();
    this.#findingEdits.clear();
    this.made = 0;
    this.changed();
  }

  /** To be said after a change of the rules. */
  changed(): void {
    this.#revision += 1;
  }

  /** Machines with an agent are told apart by its uuid, the others by address and name. */
  #identity(
    host: WorldHost,
    repository: { readonly id: string },
  ): { uniqueness: string; key: string; row: Row } {
    const dnsName = `${host.hostname}.${host.domain}`;
    const row = {
      ip: host.ipv4,
      uuid: host.agentUuid ?? '',
      dnsName,
      macAddress: host.macAddresses[0] ?? '',
      netbiosName: `ENTERPRISE\\${host.netbiosName}`,
    };
    return host.agentUuid === undefined
      ? { uniqueness: 'repositoryID,ip,dnsName', key: `${repository.id}|${host.ipv4}|${dnsName}`, row }
      : { uniqueness: 'repositoryID,uuid', key: `${repository.id}|${host.agentUuid}`, row };
  }

  /** What identifies each machine, for tests. */
  hostKeys(): { key: string; row: Row }[] {
    return this.#hosts
      .map(({ host, repository }) => {
        const { key, row, uniqueness } = this.#identity(host, repository);
        return { key, row: { ...row, repository, uniqueness } };
      })
      .filter(({ key }) => this.#hostEdits.get(key)?.removed !== true);
  }

  /** One row a machine, as the tool `sumip` gives them. */
  hostRows(): Row[] {
    return this.#hosts.flatMap(({ host, repository }): Row[] => {
      const { uniqueness, key, row } = this.#identity(host, repository);
      const edit = this.#hostEdits.get(key);
      if (edit?.removed) return [];
      const lastSeen = edit?.seenAt ?? epoch(host.lastSeen);
      return [
        {
          ...row,
          osCPE: '',
          operatingSystem: host.operatingSystem,
          biosGUID: host.biosUuid.toUpperCase(),
          lastAuthRun: lastSeen,
          lastUnauthRun: '',
          policyName: 'Weekly',
          repository,
          uniqueness,
          hostUniqueness: uniqueness,
          lastSeen,
        },
      ];
    });
  }

  /** Rows of the tool `vulndetails`. */
  findingRows(source: SourceType, now: Date): Row[] {
    const known = this.#rows.get(source);
    const mayExpire = [...this.rules.values()].some((rule) => rule.expires !== '-1');
    if (known?.revision === this.#revision && !mayExpire) return known.rows;
    const rows = this.#held
      .filter(({ finding }) => {
        const edit = this.#findingEdits.get(this.keyOf({ finding }));
        const isFixed = finding.state === 'FIXED' || edit?.fixedAt !== undefined;
        return edit?.removed !== true && (source === 'patched') === isFixed;
      })
      .filter(
        ({ host, repository }) => this.#hostEdits.get(this.#identity(host, repository).key)?.removed !== true,
      )
      .map((held) => this.#row(held, now));
    this.#rows.set(source, { revision: this.#revision, rows });
    return rows;
  }

  keyOf({ finding }: { readonly finding: WorldFinding }): string {
    return finding.findingId;
  }

  #row({ host, repository, finding }: Held, now: Date): Row {
    const { plugin } = finding;
    const known = this.#plugins.get(plugin.id) ?? pluginJson(plugin);
    this.#plugins.set(plugin.id, known);
    const { uniqueness, row } = this.#identity(host, repository);
    const edit = this.#findingEdits.get(this.keyOf({ finding }));
    const applied = [...this.rules.values()].filter((rule) =>
      applies(rule, { host, repository, finding }, now),
    );
    const recast = applied.find((rule) => rule.kind === 'recast');
    const severity = recast?.newSeverity ?? String(plugin.severity);
    return {
      pluginID: String(plugin.id),
      pluginName: text(known['name']),
      severity: { id: severity, name: severityNames[Number(severity)] ?? '', description: '' },
      hasBeenMitigated: finding.state === 'REOPENED' ? '1' : '0',
      acceptRisk: applied.some((rule) => rule.kind === 'accept') ? '1' : '0',
      recastRisk: recast ? '1' : '0',
      ...row,
      port: String(plugin.port),
      protocol: plugin.protocol.toUpperCase(),
      firstSeen: epoch(finding.firstFound),
      lastSeen: edit?.seenAt ?? epoch(finding.lastFound),
      lastMitigated: edit?.fixedAt ?? epoch(finding.lastFixed),
      exploitAvailable: known['exploit_available'] === true ? 'Yes' : 'No',
      synopsis: text(known['synopsis']),
      description: text(known['description']),
      solution: text(known['solution']),
      seeAlso: listed(known['see_also']).join('\n'),
      riskFactor: text(known['risk_factor']),
      stigSeverity: '',
      baseScore: text(known['cvss_base_score']),
      cvssV3BaseScore: text(known['cvss3_base_score']),
      cvssVector: '',
      cvssV3Vector: '',
      vprScore: '',
      cpe: listed(known['cpe']).join('<br/>'),
      vulnPubDate: '-1',
      patchPubDate: epoch(text(known['patch_publication_date']) || undefined),
      pluginPubDate: epoch(text(known['publication_date']) || undefined),
      pluginModDate: epoch(text(known['modification_date']) || undefined),
      checkType: 'local',
      version: '1.1',
      cve: listed(known['cve']).join(','),
      bid: '',
      xref: '',
      pluginText: `<plugin_output>\n${host.hostname}: ${text(known['name'])}\n</plugin_output>`,
      operatingSystem: host.operatingSystem,
      uniqueness,
      hostUniqueness: uniqueness,
      vulnUniqueness: 'repositoryID,ip,port,protocol,pluginID',
      family: { id: '11', name: text(known['family']), type: 'active' },
      repository,
      pluginInfo: `${plugin.id} (${plugin.port}/6) ${text(known['name'])}`,
      findingKey: finding.findingId,
    };
  }

  editHost(key: string, edit: { seenAt?: string; removed?: boolean }): void {
    this.changed();
    this.#hostEdits.set(key, { ...this.#hostEdits.get(key), ...edit });
  }

  editFinding(key: string, edit: { seenAt?: string; removed?: boolean; fixedAt?: string }): void {
    this.changed();
    this.#findingEdits.set(key, { ...this.#findingEdits.get(key), ...edit });
  }
}

function applies(rule: Rule, { host, repository, finding }: Held, now: Date): boolean {
  if (rule.repository !== repository.id || rule.plugin !== String(finding.plugin.id)) return false;
  if (rule.expires !== '-1' && Number(rule.expires) * 1000 <= now.getTime()) return false;
  if (rule.port !== 'any' && rule.port !== String(finding.plugin.port)) return false;
  if (
    rule.protocol !== 'any' &&
    (protocols[rule.protocol] ?? rule.protocol).toUpperCase() !== finding.plugin.protocol.toUpperCase()
  )
    return false;
  const values = rule.hostValue.split(',').map((each) => each.trim());
  switch (rule.hostType) {
    case 'all':
      return true;
    case 'ip':
      return values.includes(host.ipv4);
    case 'uuid':
      return values.includes(host.agentUuid ?? '-');
    default:
      return false;
  }
}
