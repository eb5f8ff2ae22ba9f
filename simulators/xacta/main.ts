/**
 * The simulated Xacta as a process: `node simulators/xacta/main.ts --port 0`. Its REST shape is the default profile of
 * Tieline's Xacta connector; no public Xacta endpoint is known, so it is nobody else's.
 */
import { numberArgument, readArguments, type SimulatorArguments } from '../kit/arguments.ts';
import { createClock } from '../kit/clock.ts';
import { FaultEngine } from '../kit/faults.ts';
import { serveSimulator } from '../kit/server.ts';
import { generateWorld } from '../world/generate.ts';
import { createPresenter, largestPage } from './answers.ts';
import { editXacta } from './edit.ts';
import { milestoneRoutes, poamRoutes } from './poam-routes.ts';
import { recordedComponents, recordedWeaknesses } from './recorded-machines.ts';
import { worldWeaknesses } from './scan-weaknesses.ts';
import { createSeed, seedOfSystems, smallSeed, type Seed } from './seed.ts';
import { Sessions, type Account } from './session.ts';
import { stateOf } from './state.ts';
import { XactaStore } from './store.ts';
import { writtenSeed } from './written-records.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { systemRoutes } from './system-routes.ts';

const args = readArguments(process.argv.slice(2), [
  'token-ttl-seconds',
  'page-size',
  'requests-per-second',
  'read-only',
  'records',
  'systems',
  'written',
]);
const pageSize = numberArgument(args, 'page-size', 50, { least: 1, most: largestPage });
const tokenTtlSeconds = numberArgument(args, 'token-ttl-seconds', 1800, { least: 0, fraction: true });
const requestsPerSecond = numberArgument(args, 'requests-per-second', 0, { least: 0, fraction: true });

const permissions = (): string[] => (args.others['read-only'] === 'true' ? ['read'] : ['read', 'write']);
const account: Account = {
  username: process.env['SIMULATOR_USERNAME'] ?? 'tieline',
  password: process.env['SIMULATOR_PASSWORD'] ?? 'simulator-password',
  permissions: permissions(),
};

const clock = createClock();
const engine = new FaultEngine();
const present = createPresenter(engine);
const records = numberArgument(args, 'records', 0, { least: 0 });
const systems = numberArgument(args, 'systems', Number.MAX_SAFE_INTEGER, { least: 1 });
const seed = seedOfSystems(seedOf(args), systems);
const store = new XactaStore(records === 0 ? seed : smallSeed(seed, records));
const sessions = new Sessions(account, clock, tokenTtlSeconds);

await serveSimulator({
  port: args.port,
  exitWithParent: args.exitWithParent,
  clock,
  engine,
  faults: args.faults,
  requestsPerSecond,
  authorize: (request) => sessions.authorize(request),
  routes: [
    ...sessions.routes(),
    ...systemRoutes(store, present, pageSize),
    ...artifactRoutes(store, present, pageSize),
    ...poamRoutes(store, present, pageSize),
    ...milestoneRoutes(store, present, pageSize),
  ],
  state: (stable) => stateOf(store, account, stable),
  reset() {
    store.reset();
    sessions.reset();
    account.permissions = permissions();
  },
  edit: (body) => editXacta(body, store, account, clock.now()),
});

function seedOf({ seed, size, now, recorded, others }: SimulatorArguments): Seed {
  if (others['written'] !== undefined) return writtenSeed(others['written'], now.toISOString());
  const options = { seed, size, now };
  const world = generateWorld(options);
  if (recorded === undefined)
    return createSeed(options, world, world.components, worldWeaknesses(options, world));
  const machines = recordedComponents(recorded, world.systems);
  const strangers = world.components.filter((each) => each.hostUuid === undefined);
  const renumbered = strangers.map((each, index) => ({
    ...each,
    id: `CMP-${String(machines.length + index + 1).padStart(4, '0')}`,
  }));
  return createSeed(options, world, [...machines, ...renumbered], recordedWeaknesses(recorded, machines));
}
