export { findCircle } from './circles.ts';
export { lineOfPath, type Problem, readDefinition, readYaml } from './read-definition.ts';
export { everyStep, type PlannedStep, planOf } from './steps.ts';
