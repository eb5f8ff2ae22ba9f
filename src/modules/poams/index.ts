export { weaknessStep } from './plan-poams.ts';
