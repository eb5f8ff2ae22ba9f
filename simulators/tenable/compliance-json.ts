/** Results of audit checks as a compliance export shows them (the vendor's OpenAPI, Export_Compliance_Data_response-compliance-export-chunk). */
import { createRandom } from '../world/random.ts';
import type { WorldHost, WorldOptions } from '../world/world.ts';

export type ComplianceJson = Record<string, unknown> & { asset_uuid: string; check_id: string };

interface Check {
  readonly name: string;
  readonly info: string;
  readonly controls: readonly string[];
  readonly expected: string;
}

const check = (name: string, info: string, controls: readonly string[], expected: string): Check => ({
  name,
  info,
  controls,
  expected,
});
const audits = {
  linux: {
    file: 'CIS_Red_Hat_EL9_Server_L1_v2.0.0.audit',
    benchmark: ['CIS Red Hat Enterprise Linux 9', '2.0.0'],
    profile: 'Level 1 - Server',
    plugin: { id: 21_157, name: 'Unix Compliance Checks' },
    checks: [
      check('1.1.1.1 Ensure cramfs is not available', 'An unneeded file system.', ['CM-7'], 'cramfs: none'),
      check('1.6.1 Ensure SELinux is enforcing', 'Mandatory access control.', ['AC-3'], 'Enforcing'),
      check('5.2.4 Ensure sshd refuses root', 'No direct sign-in of root.', ['AC-6', 'IA-2'], 'no'),
      check('5.4.1 Ensure password length', 'Passwords have 14 characters or more.', ['IA-5'], '14'),
      check('6.2.1 Ensure auditd runs', 'Events are recorded.', ['AU-2', 'AU-12'], 'active'),
    ],
  },
  windows: {
    file: 'DISA_STIG_Microsoft_Windows_Server_2022_v1r4.audit',
    benchmark: ['DISA Microsoft Windows Server 2022', 'v1r4'],
    profile: 'MS',
    plugin: { id: 21_156, name: 'Windows Compliance Checks' },
    checks: [
      check('WN22-AC-000010 Lockout duration', 'Accounts stay locked.', ['AC-7'], '15'),
      check('WN22-AC-000070 Password length', 'Passwords have 14 characters or more.', ['IA-5'], '14'),
      check('WN22-AU-000100 Audit logon', 'Sign-ins are recorded.', ['AU-12'], 'Success, Failure'),
      check('WN22-CC-000250 Prompt for credentials', 'Nobody is elevated silently.', ['AC-11'], '1'),
      check('WN22-SO-000020 Guest account', 'It is disabled.', ['AC-2'], 'Disabled'),
    ],
  },
} as const;

const day = 86_400_000;

/** What the checks came to on a machine; none on what cannot be signed in to. */
export function complianceOf(options: WorldOptions, host: WorldHost): ComplianceJson[] {
  const system = host.operatingSystem;
  const audit = system.includes('Windows')
    ? audits.windows
    : /Linux|Ubuntu|Debian/.test(system)
      ? audits.linux
      : undefined;
  if (!audit) return [];
  return audit.checks.map(({ name, info, controls, expected }) => {
    const random = createRandom(options.seed, 'compliance', host.tenableUuid, name);
    const checkId = createRandom(0, 'check', audit.file, name).hex(64);
    const failed = random.chance(0.3);
    const wasFixed = !failed && random.chance(0.2);
    const lastSeen = host.lastSeen;
    return {
      asset_uuid: host.tenableUuid,
      audit_file: audit.file,
      check_id: checkId,
      check_name: name,
      check_info: info,
      expected_value: expected,
      actual_value: failed ? 'not set' : expected,
      status: failed ? 'FAILED' : 'PASSED',
      state: wasFixed ? 'FIXED' : 'OPEN',
      reference: [
        ...controls.map((control) => ({ framework: '800-53', control })),
        { framework: 'CCI', control: `CCI-${String(random.between(100, 3000)).padStart(6, '0')}` },
      ],
      solution: `Set it to: ${expected}`,
      see_also: 'https://benchmarks.example/downloads',
      plugin_id: audit.plugin.id,
      plugin_name: audit.plugin.name,
      profile_name: audit.profile,
      compliance_benchmark_name: audit.benchmark[0],
      compliance_benchmark_version: audit.benchmark[1],
      compliance_full_id: createRandom(1, 'check', audit.file, name).hex(64),
      compliance_functional_id: checkId.slice(0, 10),
      first_seen: host.firstSeen,
      last_seen: lastSeen,
      ...(wasFixed ? { last_fixed: new Date(Date.parse(lastSeen) - day).toISOString() } : {}),
      last_observed: lastSeen,
      indexed_at: lastSeen,
      asset: {
        id: host.tenableUuid,
        name: host.hostname,
        fqdns: [`${host.hostname}.${host.domain}`],
        ipv4_addresses: [host.ipv4],
        operating_systems: [system],
        network_id: '00000000-0000-0000-0000-000000000000',
        tags: [],
      },
    };
  });
}

const times = ['last_seen', 'first_seen', 'last_observed', 'indexed_at', 'since'] as const;
const lists: Readonly<Record<string, readonly string[] | undefined>> = {
  state: ['OPEN', 'REOPENED', 'FIXED', 'ACTIVE', 'NEW'],
  compliance_results: ['PASSED', 'FAILED', 'WARNING', 'SKIPPED', 'ERROR', 'UNKNOWN'],
  plugin_id: undefined,
};
type Filters = Readonly<Record<string, unknown>>;

/** What is wrong with the filters of a compliance export; undefined if nothing is. */
export function faultInComplianceFilters(filters: Filters): string | undefined {
  for (const [name, value] of Object.entries(filters)) {
    if ((times as readonly string[]).includes(name)) {
      if (!Number.isInteger(value)) return `${name} must be a Unix timestamp in seconds`;
    } else if (Object.hasOwn(lists, name)) {
      const allowed = lists[name];
      if (!Array.isArray(value) || (allowed && value.some((each) => !allowed.includes(String(each)))))
        return `${name} must be a list${allowed ? ` of ${allowed.join(', ')}` : ''}`;
    } else if (name === 'audit_file_name' || name === 'audit_name') {
      if (typeof value !== 'string') return `${name} must be a text`;
    } else return `unknown filter ${name}`;
  }
  return 'first_seen' in filters && !('last_seen' in filters)
    ? 'first_seen must be used with last_seen'
    : undefined;
}

const secondsOf = (value: unknown): number =>
  typeof value === 'string' ? Math.floor(Date.parse(value) / 1000) : Number.NaN;
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

export function matchesCompliance(item: ComplianceJson, filters: Filters): boolean {
  const told: Record<(typeof times)[number], unknown> = {
    last_seen: item['last_seen'],
    first_seen: item['first_seen'],
    last_observed: item['last_observed'],
    indexed_at: item['indexed_at'],
    since: item['indexed_at'],
  };
  const among = (name: string, have: unknown): boolean =>
    !Array.isArray(filters[name]) || filters[name].map((each) => textOf(each)).includes(textOf(have));
  return (
    times.every((name) => filters[name] === undefined || secondsOf(told[name]) >= Number(filters[name])) &&
    among('state', item['state']) &&
    among('compliance_results', item['status']) &&
    among('plugin_id', item['plugin_id']) &&
    (filters['audit_file_name'] === undefined || filters['audit_file_name'] === item['audit_file'])
  );
}
