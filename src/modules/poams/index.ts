export { lifeStep } from './life/life-step.ts';
export { weaknessStep } from './plan-poams.ts';
