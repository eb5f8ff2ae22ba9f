export { planTags } from './plan-tags.ts';
