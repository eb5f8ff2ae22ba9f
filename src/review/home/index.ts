export { homeOf } from './home.ts';
