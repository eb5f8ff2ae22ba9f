/** The Security Center simulator as a process: `node simulators/tenable-sc/main.ts --port 0`; docs/simulators.md has the options. */
import { readArguments } from '../kit/arguments.ts';
import { createClock } from '../kit/clock.ts';
import { FaultEngine } from '../kit/faults.ts';
import { serveSimulator } from '../kit/server.ts';
import { Access, analysisRoute, envelope, ruleRoutes } from './routes.ts';
import { repositories, ScanResults } from './scan-results.ts';

const args = readArguments(process.argv.slice(2), ['requests-per-second', 'machines']);
const numberOf = (name: string, absent: number): number => Number(args.others[name] ?? absent);
const clock = createClock();
const engine = new FaultEngine();
const results = new ScanResults(
  { seed: args.seed, size: args.size, now: args.now },
  numberOf('machines', Number.POSITIVE_INFINITY),
);
const access = new Access(
  `accesskey=${process.env['SIMULATOR_ACCESS_KEY'] ?? 'simulator-access'};secretkey=${process.env['SIMULATOR_SECRET_KEY'] ?? 'simulator-secret'}`,
  {
    username: process.env['SIMULATOR_USERNAME'] ?? 'tieline',
    password: process.env['SIMULATOR_PASSWORD'] ?? 'simulator-password',
  },
);
const seconds = (): string => String(Math.floor(clock.now().getTime() / 1000));
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * One of: {host: key, remove: true} · {host: key} (seen just now) · {finding: key, …} with remove, fix, or seen just now ·
 * {endSessions: true} · {rule: "accept:1", delete: true} · {rule: "accept:1", comments: text}. Keys are those of /__control/state.
 */
function edit(body: unknown): unknown {
  if (!isObject(body)) throw new Error('expected an object');
  if (body['endSessions'] === true) access.endSessions();
  else if (typeof body['rule'] === 'string') {
    const rule = results.rules.get(body['rule']);
    if (!rule) throw new Error(`there is no rule ${body['rule']}`);
    const comments = typeof body['comments'] === 'string' ? body['comments'] : rule.comments;
    if (body['delete'] === true) results.rules.delete(body['rule']);
    else {
      // Told in whole seconds: one that was edited just now must still look edited.
      const modifiedTime = String(Math.max(Number(seconds()), Number(rule.modifiedTime) + 1));
      results.rules.set(body['rule'], { ...rule, comments, modifiedTime });
    }
    results.changed();
  } else if (typeof body['host'] === 'string')
    results.editHost(body['host'], body['remove'] === true ? { removed: true } : { seenAt: seconds() });
  else if (typeof body['finding'] === 'string')
    results.editFinding(
      body['finding'],
      body['remove'] === true
        ? { removed: true }
        : body['fix'] === true
          ? { fixedAt: seconds() }
          : { seenAt: seconds() },
    );
  else throw new Error('expected host, finding, rule or endSessions');
  return { edited: true };
}

await serveSimulator({
  port: args.port,
  exitWithParent: args.exitWithParent,
  clock,
  engine,
  faults: args.faults,
  requestsPerSecond: numberOf('requests-per-second', 0),
  authorize: (request) => access.authorize(request),
  routes: [
    ...access.routes(),
    {
      method: 'GET',
      path: '/rest/system',
      open: true,
      handle: ({ now }) => envelope({ version: '6.4.0', buildID: '202408', licenseStatus: 'Valid' }, now),
    },
    {
      method: 'GET',
      path: '/rest/currentUser',
      handle: ({ now }) =>
        envelope({ id: '2', username: 'api', role: { id: '2', name: 'Security Manager' } }, now),
    },
    { method: 'GET', path: '/rest/repository', handle: ({ now }) => envelope(repositories, now) },
    analysisRoute(results, engine),
    ...ruleRoutes(results, 'accept'),
    ...ruleRoutes(results, 'recast'),
  ],
  state: () => ({
    rules: [...results.rules].map(([key, rule]) => ({ key, ...rule })),
    hosts: results.hostKeys(),
    findings: (['cumulative', 'patched'] as const).flatMap((source) =>
      results.findingRows(source, clock.now()).map((row) => ({
        key: row['findingKey'],
        source,
        plugin: row['pluginID'],
        ip: row['ip'],
        uuid: row['uuid'],
        dnsName: row['dnsName'],
        repository: row['repository'],
        uniqueness: row['uniqueness'],
        port: row['port'],
        protocol: row['protocol'],
      })),
    ),
  }),
  reset: () => results.reset(),
  edit,
});
