import { generateComponents } from './components.ts';
import { generateHosts } from './hosts.ts';
import type { CatalogRow } from './catalog-row.ts';
import { pluginCatalog } from './plugin-catalog.ts';
import { createRandom, daysBefore, type Random } from './random.ts';
import { scoresFor } from './scores.ts';
import type { World, WorldOptions, WorldPlugin, WorldSystem } from './world.ts';

const systemRows = [
  [
    'SYS-ENT-001',
    'Enterprise Web Infrastructure',
    'Internal Corporate Network - Web Services',
    'Major Application',
    'IT Security Department',
    'John Smith',
    'moderate',
    'moderate',
    'low',
  ],
  [
    'SYS-ENT-002',
    'Active Directory Domain Services',
    'Internal Corporate Network - Identity Management',
    'General Support System',
    'IT Infrastructure Team',
    'Robert Wilson',
    'high',
    'high',
    'moderate',
  ],
  [
    'SYS-ENT-003',
    'Enterprise Database Systems',
    'Internal Corporate Network - Database Tier',
    'Major Application',
    'Database Administration Team',
    'Sarah Davis',
    'high',
    'high',
    'moderate',
  ],
  [
    'SYS-ENT-004',
    'Network Infrastructure',
    'Corporate Network Perimeter and Internal Routing',
    'General Support System',
    'Network Operations Center',
    'David Martinez',
    'moderate',
    'moderate',
    'high',
  ],
  [
    'SYS-ENT-005',
    'Enterprise Resource Planning System',
    'ERP Application Environment - Finance and HR',
    'Major Application',
    'Business Applications Team',
    'Lisa Anderson',
    'high',
    'high',
    'moderate',
  ],
] as const;

function generateSystems(options: WorldOptions): WorldSystem[] {
  return systemRows.map(
    (
      [id, name, boundary, systemType, organization, owner, confidentiality, integrity, availability],
      index,
    ) => ({
      id,
      name,
      boundary,
      systemType,
      organization,
      owner,
      isso: 'Jane Doe',
      authorizingOfficial: 'Michael Johnson',
      impact: { confidentiality, integrity, availability },
      assessedOn: daysBefore(options.now, 260 - index * 31),
      authorizedOn: daysBefore(options.now, 240 - index * 31),
      authorizationEndsOn: daysBefore(options.now, 240 - index * 31 - 1096),
    }),
  );
}

const dayMs = 86_400_000;
const risks = ['informational', 'a low', 'a medium', 'a high', 'a critical'] as const;

/** Not before the year of its newest CVE began, and before today whatever "today" is in this world. */
function publicationOf(options: WorldOptions, row: CatalogRow, random: Random): string {
  const years = (row.cves ?? []).map((cve) => Number(cve.slice(4, 8)));
  const earliest = Math.max(
    options.now.getTime() - 2000 * dayMs,
    ...years.map((year) => Date.UTC(year, 0, 15)),
  );
  const most = Math.floor((options.now.getTime() - earliest) / dayMs);
  const days =
    row.publishedOn === undefined
      ? random.between(60, Math.max(60, most))
      : (options.now.getTime() - Date.parse(row.publishedOn)) / dayMs;
  return daysBefore(options.now, Math.max(days, 10));
}

function pluginOf(options: WorldOptions, row: CatalogRow): WorldPlugin {
  const random = createRandom(options.seed, 'plugin', row.id);
  const publishedOn = publicationOf(options, row, random);
  const exploitAvailable = row.severity >= 3 && random.chance(0.4);
  return {
    id: row.id,
    name: row.name,
    family: row.family,
    severity: row.severity,
    synopsis:
      row.severity === 0
        ? 'Information about the remote host was collected.'
        : `The remote host is affected by ${risks[row.severity]} weakness.`,
    description:
      row.severity === 0
        ? `${row.name}: the scanner collected this information from the remote host. It is no weakness by itself.`
        : `${row.name}. The version or configuration that was found on the remote host is affected${row.cves?.length ? ` (${row.cves.join(', ')})` : ''}. Note that the scanner has relied on the self-reported version or configuration.`,
    solution: row.solution ?? (row.severity === 0 ? 'n/a' : 'Apply the vendor update.'),
    cves: row.cves ?? [],
    scores: scoresFor(
      row.severity,
      { remote: ![0, 445].includes(row.port ?? 0), threat: exploitAvailable },
      random,
    ),
    port: row.port ?? 0,
    protocol: row.protocol ?? 'TCP',
    service: row.service === '' ? undefined : row.service,
    publishedOn,
    hasPatch: row.severity > 0 && /update|upgrade|patch/i.test(row.solution ?? ''),
    exploitAvailable,
  };
}

/** The world of a seed, size and instant: the same on every call and in every process. */
export function generateWorld(options: WorldOptions): World {
  const systems = generateSystems(options);
  const hosts = generateHosts(options, systems);
  return {
    systems,
    hosts,
    components: generateComponents(options, systems, hosts),
    plugins: pluginCatalog.map((row) => pluginOf(options, row)),
  };
}
