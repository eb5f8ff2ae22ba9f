/** Single records, made from the rows of the lists. */
import { filtered } from './fixture-lists.ts';
import { daysAgo, findings, plugins } from './fixture-rows.ts';

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
      solution,
      output:
        '\n  Path              : /opt/app/lib/log4j-core-1.2.17.jar\n  Installed version : 1.2.17\n  Fixed version     : 2.17.1\n  Support ended     : August 5, 2015\n',
      cves: ['CVE-2021-44228', 'CVE-2021-45046'],
      references: ['https://logging.apache.org/log4j/2.x/security.html', 'CISA KEV 2021-12-24'],
      severityBySource: row.sources.map((source) => ({
        source,
        severity: row.severity,
        lastSeen: row.lastSeen,
      })),
      sameElsewhere: filtered('findings', new URLSearchParams({ plugin: String(row.pluginId) })).length - 1,
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

export function details(_method: string, path: string, _body: Record<string, unknown>): Answer | undefined {
  const [, noun = '', id = '', part] = path.split('/');
  if (noun === 'findings') return part === 'history' ? { body: history } : findingAnswer(id);
  if (noun === 'plugins') {
    const plugin = plugins.find(({ pluginId }) => String(pluginId) === id);
    return plugin
      ? {
          body: {
            ...plugin,
            description,
            solution,
            cves: ['CVE-2021-44228'],
            references: [],
            published: daysAgo(900),
            patchPublished: daysAgo(880),
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
  return undefined;
}
