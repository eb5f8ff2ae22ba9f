export { evidenceStep } from './evidence-step.ts';
