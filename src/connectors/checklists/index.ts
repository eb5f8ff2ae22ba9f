export { withChecklists } from './with-checklists.ts';
