/**
 * The house of design section 3: floors from the ground up, on each of them rooms, each room with one door (index.ts). A room
 * imports doors of rooms below it, or beside it on the same floor, never in a circle (tools/check-layers.ts). Test files and
 * the composition root (src/main) may look over the floors, main through the doors too.
 * TypeScript 7 ships no JavaScript API, so dependency-cruiser reads the sources with @swc/core;
 * tools/check-layers.ts fails when it looked at too few files.
 */
const floors = {
  platform: [],
  canonical: ['platform'],
  ledger: ['platform', 'canonical'],
  connectors: ['platform', 'canonical'],
  record: ['platform', 'canonical', 'ledger', 'connectors/kit'],
  engine: ['platform', 'canonical', 'ledger', 'connectors/kit', 'record'],
  modules: ['platform', 'canonical', 'ledger', 'connectors/kit', 'record', 'engine'],
  runs: ['platform', 'canonical', 'ledger', 'connectors/kit', 'record', 'engine', 'modules'],
  review: ['platform', 'canonical', 'ledger', 'connectors/kit', 'record', 'engine', 'modules', 'runs'],
  operate: [
    'platform',
    'canonical',
    'ledger',
    'connectors/kit',
    'record',
    'engine',
    'modules',
    'runs',
    'review',
  ],
  contract: ['platform', 'canonical'],
  surfaces: [
    'platform',
    'canonical',
    'ledger',
    'connectors/kit',
    'record',
    'engine',
    'modules',
    'runs',
    'review',
    'operate',
    'contract',
  ],
};

const tests = '(\\.(test|test-support|e2e|crash|proof)\\.ts$|/conformance/)';

/** Every room in `src/` that a floor must not reach. */
const directions = Object.entries(floors).map(([floor, below]) => ({
  name: `floor-${floor}`,
  comment: `src/${floor} may import ${[floor, ...below].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${floor}/`, pathNot: tests },
  to: { path: '^src/', pathNot: `^src/(${[floor, ...below].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'through-the-door',
      comment: 'another room is entered by its index.ts only',
      severity: 'error',
      from: { path: '^src/([^/]+)/([^/]+)/', pathNot: tests },
      to: { path: '^src/', pathNot: '^src/$1/$2/|/index\\.ts$' },
    },
    {
      name: 'main-through-the-door',
      severity: 'error',
      from: { path: '^src/(main|contract)/[^/]+$', pathNot: tests },
      to: { path: '^src/', pathNot: '^src/$1/[^/]+$|^src/[^/]+/[^/]+/index\\.ts$|^src/contract/index\\.ts$' },
    },
    {
      name: 'a-door-is-the-rooms-own',
      comment: 'the door of a room inside of a room is nobody else’s',
      severity: 'error',
      from: { path: '^src/([^/]+)/([^/]+)/', pathNot: tests },
      to: { path: '^src/[^/]+/[^/]+/.+/index\\.ts$', pathNot: '^src/$1/$2/' },
    },
    {
      name: 'connector-never-a-sibling',
      comment: 'a connector knows the kit, the words and the platform; never another connector or the record',
      severity: 'error',
      from: { path: '^src/connectors/([^/]+)/', pathNot: tests },
      to: { path: '^src/', pathNot: '^src/(connectors/$1|connectors/kit|canonical|platform)/' },
    },
    {
      name: 'simulators-stand-outside',
      comment: 'a simulator that shares our code would share our mistakes',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: '^src/' },
    },
    {
      name: 'src-never-imports-simulators',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: '^(simulators|test|bench|tools)/' },
    },
    {
      name: 'console-knows-types-only',
      comment:
        'the console is a client of the API: it may take types from the contract and the words of access, and nothing that runs',
      severity: 'error',
      from: { path: '^console/src/' },
      to: {
        path: '^(src|simulators|test|bench|tools)/',
        pathNot: '^src/(contract|canonical/access)/index\\.ts$',
      },
    },
    {
      name: 'console-kit-knows-no-page',
      severity: 'error',
      from: { path: '^console/src/(kit|api|theme)/' },
      to: { path: '^console/src/pages/' },
    },
    {
      name: 'src-never-imports-the-console',
      severity: 'error',
      from: { path: '^(src|simulators)/' },
      to: { path: '^console/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'require', 'default'],
    },
  },
};
