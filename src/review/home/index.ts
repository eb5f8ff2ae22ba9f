export { type Home, type HomeNumber, homeOf } from './home.ts';
