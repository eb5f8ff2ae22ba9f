export { tagStep } from './plan-tags.ts';
