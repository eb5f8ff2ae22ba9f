/** The Tenable simulator as a process: `node simulators/tenable/main.ts --port 0`; docs/simulators.md has the options. */
import { randomUUID } from 'node:crypto';
import { readArguments } from '../kit/arguments.ts';
import { createClock } from '../kit/clock.ts';
import { FaultEngine } from '../kit/faults.ts';
import { serveSimulator, type Route, type SimRequest, type SimResponse } from '../kit/server.ts';
import { tenableError, tooManyRequests } from './answers.ts';
import { assetRoutes } from './asset-routes.ts';
import { AttributeStore, attributeRoutes } from './attribute-routes.ts';
import { editTenable } from './edit.ts';
import { ExportJobs } from './export-jobs.ts';
import { exportRoutes } from './export-routes.ts';
import { Inventory } from './inventory.ts';
import { recastRoutes } from './recast-routes.ts';
import { RecastRules } from './recast-rules.ts';
import { remediationScanRoutes } from './remediation-scan-routes.ts';
import { RemediationScans } from './remediation-scans.ts';
import { TagStore, tagRoutes } from './tag-routes.ts';

const args = readArguments(process.argv.slice(2), [
  'chunk-ttl-seconds',
  'queued-ms',
  'processing-ms',
  'requests-per-second',
  'role',
  'doubles',
  'machines',
  'rules-apply-ms',
  'scan-pending-ms',
  'scan-running-ms',
  'acr-apply-ms',
]);
const numberOf = (name: string, absent: number): number => Number(args.others[name] ?? absent);
const clock = createClock();
const rules = new RecastRules(numberOf('rules-apply-ms', 200), () => clock.now());
const inventory = new Inventory(
  { seed: args.seed, size: args.size, now: args.now },
  args.recorded,
  args.others['doubles'] !== 'no',
  numberOf('machines', Number.POSITIVE_INFINITY),
  rules,
);
const jobs = new ExportJobs(inventory, {
  queuedMs: numberOf('queued-ms', 20),
  processingMs: numberOf('processing-ms', 150),
  chunkTtlMs: numberOf('chunk-ttl-seconds', 86_400) * 1000,
});
const tags = new TagStore();
const scans = new RemediationScans(
  inventory,
  { pendingMs: numberOf('scan-pending-ms', 100), runningMs: numberOf('scan-running-ms', 200) },
  () => clock.now(),
);
const attributes = new AttributeStore();
const engine = new FaultEngine();
/** Basic is 16, Scan Manager 40, Administrator 64. */
let role = numberOf('role', 64);

const expected = `accessKey=${process.env['SIMULATOR_ACCESS_KEY'] ?? 'simulator-access'};secretKey=${process.env['SIMULATOR_SECRET_KEY'] ?? 'simulator-secret'}`;

function authorize({ headers }: SimRequest): SimResponse | undefined {
  const given = String(headers['x-apikeys'] ?? '')
    .replaceAll(/\s/g, '')
    .replace(/;$/, '');
  return given === expected ? undefined : tenableError(401, 'Unauthorized', 'Invalid Credentials');
}

const serverRoutes: Route[] = [
  {
    method: 'GET',
    path: '/server/status',
    open: true,
    handle: () => ({ status: 200, json: { code: 200, status: 'ready' } }),
  },
  {
    method: 'GET',
    path: '/server/properties',
    handle: () => ({
      status: 200,
      json: {
        server_version: '6.9.1',
        server_build: 'C20023',
        nessus_type: 'Nessus Cloud',
        region: 'simulator',
        license: { agents: -1, ips: -1, scanners: -1, users: -1, type: 'vm' },
      },
    }),
  },
  {
    method: 'GET',
    path: '/session',
    handle: () => ({
      status: 200,
      json: {
        id: 3,
        username: 'tieline@enterprise.example',
        email: 'tieline@enterprise.example',
        name: 'Tieline',
        type: 'local',
        permissions: role,
        enabled: true,
        container_uuid: 'a0abbae8-512f-4b9d-93f3-74d9809a1004',
      },
    }),
  },
];

await serveSimulator({
  port: args.port,
  exitWithParent: args.exitWithParent,
  clock,
  engine,
  faults: args.faults,
  requestsPerSecond: numberOf('requests-per-second', 0),
  authorize,
  refuse: (status, message, headers) =>
    status === 429 ? tooManyRequests(headers) : { ...tenableError(status, 'Error', message), headers },
  headers: () => ({ 'x-request-uuid': randomUUID() }),
  routes: [
    ...serverRoutes,
    ...exportRoutes(jobs, engine, () => role),
    ...recastRoutes(rules, () => role >= 64),
    ...remediationScanRoutes(scans, () => role),
    ...tagRoutes(tags, inventory, () => role >= 40),
    ...attributeRoutes(attributes, inventory, () => role),
    ...assetRoutes(inventory, { role: () => role, applyMs: numberOf('acr-apply-ms', 30) }),
  ],
  state: () => ({
    categories: [...tags.categories.values()].map((each) => each.name).toSorted(),
    values: [...tags.values.values()].map((each) => `${each.category.name}:${each.value}`).toSorted(),
    assignments: inventory.taggedAssets(),
    rules: rules.list(),
    scans: scans.list().map(({ id, name, targets, plugins, runs }) => ({
      id,
      name,
      targets,
      plugins,
      runs: runs.map((run) => run.status),
    })),
    attributes: attributes
      .list()
      .map((each) => each.name)
      .toSorted(),
    attributeValues: attributes.state(),
    overwrittenRatings: inventory.overwrittenRatings(),
  }),
  reset() {
    inventory.reset();
    jobs.reset();
    tags.reset();
    attributes.reset();
    rules.reset();
    scans.reset();
    role = numberOf('role', 64);
  },
  edit: (body) =>
    editTenable(body, {
      rules,
      scans,
      attributes,
      inventory,
      jobs,
      now: () => clock.now(),
      setRole: (next) => {
        role = next;
      },
    }),
});
