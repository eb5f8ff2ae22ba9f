/** Every command of the first level, by group, as `tieline --help` and docs/cli.md list them. */
import type { EntryGroup } from './kit/build-program.ts';

export const commandGroups: readonly EntryGroup[] = [
  {
    title: 'Try it',
    entries: [
      {
        name: 'demo',
        description: 'see the whole job done over two simulators and a database of its own',
        load: async () => (await import('./sync/demo.command.ts')).demo,
      },
    ],
  },
  {
    title: 'Connections',
    entries: [
      {
        name: 'connections',
        description: 'the external systems that Tieline talks to: add, change, check, pause, remove',
        load: async () => (await import('./connections/connections.command.ts')).connections,
      },
      {
        name: 'secrets',
        description: 'the key that protects stored secrets',
        load: async () => (await import('./operate/secrets.command.ts')).secrets,
      },
    ],
  },
  {
    title: 'Reports',
    entries: [
      {
        name: 'reports',
        description:
          'FedRAMP workbooks, OSCAL and VER documents: made, kept with their hash, verified, scheduled',
        load: async () => (await import('./reports/reports.command.ts')).reports,
      },
    ],
  },
  {
    title: 'Sync',
    entries: [
      {
        name: 'sync',
        description: 'bring the systems and the record together',
        load: async () => (await import('./sync/sync.command.ts')).sync,
      },
      {
        name: 'plans',
        description: 'plans that are kept, to be reviewed and applied exactly',
        load: async () => (await import('./plans/plans.command.ts')).plans,
      },
      {
        name: 'schedules',
        description: 'when a worker syncs by itself',
        load: async () => (await import('./operate/schedules.command.ts')).schedules,
      },
      {
        name: 'performance',
        description:
          "what Tieline's own work takes: calls, steps, jobs, statements, requests; for monitoring",
        load: async () => (await import('./sync/performance.command.ts')).performance,
      },
      {
        name: 'serve',
        description: 'the console in a browser, and the API; until stopped',
        load: async () => (await import('./operate/serve.command.ts')).serve,
      },
      {
        name: 'worker',
        description:
          'sync by the schedules, send what waits within seconds, check the systems; until stopped',
        load: async () => (await import('./operate/worker.command.ts')).worker,
      },
    ],
  },
  {
    title: 'Decisions',
    entries: [
      {
        name: 'inbox',
        description: 'everything that waits for a person: what, since when, where, and the list it is in',
        load: async () => (await import('./decisions/inbox.command.ts')).inbox,
      },
      {
        name: 'alerts',
        description:
          'what passed a threshold: who looks after it, the rules, where it is delivered; digests by mail',
        load: async () => (await import('./alerts/alerts.command.ts')).alerts,
      },
      {
        name: 'tasks',
        description: 'what people are to do about records, until when; done by whom',
        load: async () => (await import('./remediation/tasks.command.ts')).tasks,
      },
      {
        name: 'workflows',
        description:
          'what happens by itself: what starts it, which steps, who approved it, and what each run did',
        load: async () => (await import('./workflows/workflows.command.ts')).workflows,
      },
      {
        name: 'privacy',
        description: 'requests under the Privacy Act from receipt to closing; the accounting of disclosures',
        load: async () => (await import('./privacy/privacy.command.ts')).privacy,
      },
      {
        name: 'approvals',
        description: 'outbound changes and requests that wait for a person to agree',
        load: async () => (await import('./decisions/approvals.command.ts')).approvals,
      },
      {
        name: 'deciders',
        description: 'who decides what people ask for, by authorization boundary, kind and severity',
        load: async () => (await import('./decisions/requests/deciders.command.ts')).deciders,
      },
      {
        name: 'conflicts',
        description: 'what the two sides disagree about, and what a person decides about it',
        load: async () => (await import('./decisions/conflicts.command.ts')).conflicts,
      },
      {
        name: 'policies',
        description: 'which way values may go, and who gives way when both sides edited',
        load: async () => (await import('./decisions/policies.command.ts')).policies,
      },
      {
        name: 'rules',
        description:
          'which findings make a weakness and so a POA&M, by boundary; what is excluded until when',
        load: async () => (await import('./rules/rules.command.ts')).rules,
      },
      {
        name: 'outbox',
        description: 'changes on their way to the remote systems, and those that were refused',
        load: async () => (await import('./decisions/outbox.command.ts')).outbox,
      },
    ],
  },
  {
    title: 'What was done',
    entries: [
      {
        name: 'ops',
        description: 'every sync and decision with its steps, counts and errors; undo',
        load: async () => (await import('./history/ops.command.ts')).ops,
      },
      {
        name: 'security',
        description: 'the security log: who did what from where; investigate, verify, forward',
        load: async () => (await import('./security/security.command.ts')).security,
      },
      {
        name: 'jobs',
        description: 'work that was asked for and is done by a worker: syncs, plans, imports, bulk decisions',
        load: async () => (await import('./history/jobs.command.ts')).jobs,
      },
    ],
  },
  {
    title: 'Systems and POA&Ms',
    entries: [
      {
        name: 'systems',
        description: 'authorization boundaries: how each of them stands',
        load: async () => (await import('./poams/systems.command.ts')).systems,
      },
      {
        name: 'poams',
        description: 'POA&Ms and milestones: what is late, what is agreed with the GRC system, edits',
        load: async () => (await import('./poams/poams.command.ts')).poams,
      },
      {
        name: 'changes',
        description: 'what changed since a moment: POA&Ms, findings, what you are newly asked',
        load: async () => (await import('./poams/changes.command.ts')).changes,
      },
      {
        name: 'due-policies',
        description:
          'by which rules POA&Ms are due: which apply where, what each says, why a POA&M is due when it is',
        load: async () => (await import('./poams/due-policies.command.ts')).duePolicies,
      },
      {
        name: 'deviations',
        description:
          'risks accepted, false positives, requirements of operations, adjustments, vendors waited for',
        load: async () => (await import('./deviations/deviations.command.ts')).deviations,
      },
    ],
  },
  {
    title: 'Assets and findings',
    entries: [
      {
        name: 'import',
        description: 'import scan files: .nessus and CSV exports of Tenable, plain, gzipped or zipped',
        load: async () => (await import('./imports/import.command.ts')).importFiles,
      },
      {
        name: 'stig',
        description: 'STIG checklists: results in, and out as CKLB or CKL',
        load: async () => (await import('./stig/stig.command.ts')).stig,
      },
      {
        name: 'imports',
        description: 'scan files that were brought and what became of each; folders that are watched',
        load: async () => (await import('./imports/imports.command.ts')).imports,
      },
      {
        name: 'findings',
        description: 'what is open, where, how bad, and who promised to fix it: lists, groups, exports',
        load: async () => (await import('./lists/findings.command.ts')).findings,
      },
      {
        name: 'remediation',
        description: 'the work on findings: whose it is, until when, and whether a scan proves it done',
        load: async () => (await import('./remediation/remediation.command.ts')).remediation,
      },
      {
        name: 'controls',
        description: 'which NIST SP 800-53 controls weaknesses concern: rules, and why',
        load: async () => (await import('./remediation/controls.command.ts')).controls,
      },
      {
        name: 'plugins',
        description: 'what the scanners look for, and where it is open',
        load: async () => (await import('./lists/plugins.command.ts')).plugins,
      },
      {
        name: 'assets',
        description: 'machines, how exposed each is, and which records of which sources are one of them',
        load: async () => (await import('./records/assets.command.ts')).assets,
      },
      {
        name: 'matches',
        description: 'which asset is which component, and which records are one machine',
        load: async () => (await import('./records/matches.command.ts')).matches,
      },
      {
        name: 'acceptances',
        description: 'risks accepted, false positives and recasts at the scanners’ servers',
        load: async () => (await import('./records/acceptances.command.ts')).acceptances,
      },
      {
        name: 'scans',
        description: 'have a scanner look again at what was patched; only a scan makes a finding fixed',
        load: async () => (await import('./records/scans.command.ts')).scans,
      },
    ],
  },
  {
    title: 'Numbers',
    entries: [
      {
        name: 'metrics',
        description:
          'whether it gets better: 34 metrics by boundary and day, targets, and metrics of your own',
        load: async () => (await import('./metrics/metrics.command.ts')).metrics,
      },
      {
        name: 'dashboards',
        description:
          'numbers side by side: Executive, Exposure, Remediation, POA&M, Scan coverage, Sync health, your own',
        load: async () => (await import('./metrics/dashboards.command.ts')).dashboards,
      },
    ],
  },
  {
    title: 'Threat intelligence',
    entries: [
      {
        name: 'intelligence',
        description:
          'threat feeds (KEV, EPSS, NVD, CVE, SSVC), loaded from files, and what they say of a CVE',
        load: async () => (await import('./intelligence/intelligence.command.ts')).intelligence,
      },
      {
        name: 'risk',
        description: 'risk scores of assets and plugins, with every part of them',
        load: async () => (await import('./intelligence/risk.command.ts')).risk,
      },
    ],
  },
  {
    title: 'Links and mappings',
    entries: [
      {
        name: 'links',
        description: 'which record in Tieline is which record of the remote',
        load: async () => (await import('./links/links.command.ts')).links,
      },
      {
        name: 'mappings',
        description: 'which field of the remote is which of ours, and how values are translated',
        load: async () => (await import('./links/mappings.command.ts')).mappings,
      },
    ],
  },
  {
    title: 'People and programs',
    entries: [
      {
        name: 'users',
        description: 'accounts of people and programs: add, lock, release, disable',
        load: async () => (await import('./access/users.command.ts')).users,
      },
      {
        name: 'grants',
        description: 'who may do what, where and until when',
        load: async () => (await import('./access/grants.command.ts')).grants,
      },
      {
        name: 'teams',
        description: 'people who look after some systems together, to whom work is given',
        load: async () => (await import('./access/grants.command.ts')).teams,
      },
      {
        name: 'tokens',
        description: 'by which programs use the API',
        load: async () => (await import('./access/tokens.command.ts')).tokens,
      },
    ],
  },
  {
    title: 'Database',
    entries: [
      {
        name: 'files',
        description: 'the files that are kept (evidence), and whether each is what it was',
        load: async () => (await import('./operate/files.command.ts')).files,
      },
      {
        name: 'db',
        description: 'check the database, move into it, see how it is, remove Tieline again',
        load: async () => (await import('./operate/db.command.ts')).db,
      },
    ],
  },
];
