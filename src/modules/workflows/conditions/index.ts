export { compileCondition, type Condition } from './compile.ts';
export { conditionFunctions } from './environment.ts';
export { type Snapshot, snapshotFrom } from './hydrate.ts';
export { fieldsOf } from './shapes.ts';
export { listCandidates, snapshotOf } from './snapshots/index.ts';
