/** Single records, made from the rows of the lists. */
import { decisionDetails } from './fixture-decisions.ts';
import { filtered, nouns } from './fixture-lists.ts';
import { dayIn, daysAgo, findings, milestones, plugins, poams } from './fixture-rows.ts';

type Answer = { readonly status?: number; readonly body: unknown; readonly etag?: string };

const description =
  'According to its self-reported version number, the installation on the remote host is no longer maintained by its vendor.\n\nLack of support implies that no new security patches for the product will be released by the vendor. As a result, it is likely to contain security vulnerabilities.';
const solution = 'Upgrade to a version that is currently supported.';

function findingAnswer(key: string): Answer | undefined {
  const row = findings.find((finding) => finding.key === key);
  if (!row) return undefined;
  return {
    body: {
      ...row,
      description,
      output:
        '\n  Path              : /opt/app/lib/log4j-core-1.2.17.jar\n  Installed version : 1.2.17\n  Fixed version     : 2.17.1\n  Support ended     : August 5, 2015\n',
      references: ['https://logging.apache.org/log4j/2.x/security.html', 'CISA KEV 2021-12-24'],
      severityBySource: row.sources.map((source) => ({
        source,
        severity: row.severity,
        lastSeen: row.lastSeen,
      })),
      sameElsewhere: filtered('findings', new URLSearchParams({ plugin: row.pluginId })).length - 1,
    },
  };
}

const history = {
  items: [
    { at: daysAgo(2), kind: 'reopened', source: 'tenable', concluded: false, note: null },
    { at: daysAgo(21), kind: 'fixed', source: null, concluded: true, note: 'scan “Weekly servers” of 5 Nov' },
    { at: daysAgo(90), kind: 'seen', source: 'tenable-sc', concluded: false, note: null },
    { at: daysAgo(120), kind: 'found', source: 'tenable', concluded: false, note: null },
  ],
};

const edited = new Map<string, Record<string, unknown>>();
const policy = 'both sides; a person settles what both edited';
const day = (at: string | null): string | null => at?.slice(0, 10) ?? null;

function fieldsOf(poam: (typeof poams)[number]) {
  const here: Record<string, unknown> = {
    weakness_description: `${poam.weakness}\nThe installation is no longer maintained by its vendor.`,
    status: poam.status,
    scheduled_completion: day(poam.due),
    poc: poam.owner,
    remediation_plan: 'Upgrade to 3.0.15 in window 26-06. Test hosts first, then production by rack.',
    security_control: poam.control,
    resources_required: '16 hours, no funding',
    risk_rating: poam.severity,
    residual_risk_level: poam.residualRisk,
    affected_assets: ['web001.example.mil', 'web002.example.mil'],
    ...edited.get(poam.poamId),
  };
  return Object.entries(here).map(([field, value]) => {
    const differs = edited.get(poam.poamId)?.[field] !== undefined || field === 'scheduled_completion';
    const there = field === 'scheduled_completion' ? dayIn(-12) : field === 'status' ? poam.status : null;
    return {
      field,
      here: value,
      sides: [
        {
          connection: 'xacta',
          there: differs ? there : value,
          base: differs ? there : value,
          differs,
          conflictId: field === 'scheduled_completion' && poam.agreement === 'conflict' ? 37 : null,
          policy: field === 'risk_rating' ? 'xacta decides' : policy,
        },
      ],
      changed: differs
        ? { at: daysAgo(0.4), by: 'J. Doe', where: 'here', reason: 'patch window moved' }
        : null,
      isEditable: field !== 'risk_rating',
      whyNot: field === 'risk_rating' ? 'xacta decides it' : null,
    };
  });
}

function poamAnswer(id: string, method: string, body: Record<string, unknown>): Answer | undefined {
  const poam = poams.find(({ poamId }) => poamId === id);
  if (!poam) return undefined;
  if (method === 'PATCH') {
    const changes = body['changes'];
    if (typeof changes === 'object') edited.set(id, { ...edited.get(id), ...changes });
    return { body: {}, etag: '"2"' };
  }
  const plugin = plugins.find(({ name }) => name === poam.weakness);
  return {
    etag: '"1"',
    body: {
      poam,
      version: '1',
      obstacles: [],
      fields: fieldsOf(poam),
      remotes: [
        {
          connection: 'xacta',
          externalId: poam.remoteId,
          version: '7',
          confirmedAt: daysAgo(0.01),
          missingSince: null,
        },
      ],
      milestones: milestones
        .filter(({ poamId }) => poamId === id)
        .map((each) => ({ ...each, version: '1', fixedFields: {} })),
      milestoneTargets: [{ connection: 'xacta', whyNot: null, needsApproval: false }],
      weaknesses: [
        {
          grouping: 'plugin',
          identifier: String(plugin?.pluginId),
          name: poam.weakness,
          severity: poam.severity,
          detectedOn: dayIn(-60),
          dueOn: dayIn(30),
          dueReason: 'high: 90 days (default v1)',
          controls: [poam.control],
          controlReason: 'by family',
          findings: poam.findings,
        },
      ],
      assets: nouns['assets']?.rows.slice(0, 20).map((asset) => ({
        assetUuid: asset['assetUuid'],
        hostname: asset['name'],
        systemId: poam.systemId,
        lastSeen: asset['lastSeen'],
        findings: { open: 1, all: 2 },
      })),
      cves: [],
    },
  };
}

const poamHistory = {
  items: [
    {
      id: 2,
      operationId: '4f0c',
      system: null,
      entity: 'poam',
      entityId: 'POAM-2026-0003',
      field: 'scheduled_completion',
      before: dayIn(-12),
      after: dayIn(18),
      direction: 'internal',
      decidedBy: 'J. Doe',
      reason: 'patch window moved',
      at: daysAgo(0.4),
    },
    {
      id: 1,
      operationId: '4f0b',
      system: 'xacta',
      entity: 'poam',
      entityId: 'POAM-2026-0003',
      field: 'status',
      before: 'Open',
      after: 'In Progress',
      direction: 'inbound',
      decidedBy: 'M. Ray',
      reason: null,
      at: daysAgo(21),
    },
  ],
};

export function details(method: string, path: string, body: Record<string, unknown>): Answer | undefined {
  const [, noun = '', id = '', part] = path.split('/');
  if (noun === 'findings') return part === 'history' ? { body: history } : findingAnswer(id);
  if (noun === 'poams') return part === 'history' ? { body: poamHistory } : poamAnswer(id, method, body);
  if (noun === 'assets' || noun === 'systems') {
    const list = nouns[noun];
    const row = list?.rows.find((each) => each[list.key] === id);
    if (!row) return undefined;
    const topWeaknesses = plugins.slice(0, 8).map(({ pluginId, name }, index) => ({
      pluginId: String(pluginId),
      name,
      severity: 4 - (index % 4),
      assets: 40 - index * 3,
    }));
    return { body: noun === 'systems' ? { system: row, version: '1', topWeaknesses } : row };
  }
  if (noun === 'plugins') {
    const plugin = plugins.find(({ pluginId }) => String(pluginId) === id);
    return plugin
      ? {
          body: {
            ...plugin,
            pluginId: id,
            hasExploit: plugin.exploit,
            description,
            solution,
            cves: ['CVE-2021-44228'],
            references: [],
            publishedAt: daysAgo(900),
            patchPublishedAt: daysAgo(880),
          },
        }
      : undefined;
  }
  if (path === '/sync/status')
    return {
      body: {
        connections: [
          { name: 'tenable', state: 'on time' },
          { name: 'xacta', state: 'running' },
        ],
      },
    };
  return decisionDetails(path);
}
