export { planPoams } from './plan-poams.ts';
