export { issueWords } from './issue-words.ts';
export { findCircle } from './circles.ts';
export { lineOfPath, type Problem, readSource, readYaml } from './read-definition.ts';
export { everyStep, type PlannedStep, planOf } from './steps.ts';
