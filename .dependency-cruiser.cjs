/**
 * The import directions of design section 3. A layer may import itself and what is listed;
 * test files and the composition root (src/main) are free.
 * TypeScript 7 ships no JavaScript API, so dependency-cruiser reads the sources with @swc/core;
 * tools/check-layers.ts fails when it looked at too few files.
 */
const layers = {
  errors: [],
  model: ['errors'],
  sync: ['model', 'errors'],
  contract: ['model', 'errors'],
  config: ['errors'],
  store: ['model', 'errors'],
  jobs: ['store', 'errors'],
  'connectors/kit': ['model', 'errors'],
  app: ['model', 'sync', 'contract', 'store', 'jobs', 'connectors/kit', 'errors'],
  http: ['contract', 'app', 'model', 'errors'],
  cli: ['contract', 'app', 'model', 'errors'],
  web: ['contract', 'model', 'errors'],
};

const tests = '(\\.(test|test-support|e2e|crash|proof)\\.ts$|/conformance/)';

/** Every layer in `src/` that `layer` must not reach. */
const forbidden = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer.replace('/', '-')}`,
  comment: `src/${layer} may import ${[layer, ...allowed].join(', ')} (design section 3)`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: tests },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: 'connector-never-a-sibling',
      comment: 'a connector knows the kit, the model and the errors; never another connector or the app',
      severity: 'error',
      from: { path: '^src/connectors/([^/]+)/', pathNot: `${tests}|^src/connectors/kit/` },
      to: { path: '^src/', pathNot: '^src/(connectors/$1|connectors/kit|model|errors)/' },
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
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'require', 'default'],
    },
  },
};
