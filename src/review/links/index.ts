export { breakOne, countFittingLinks, findLinks, makeOne } from './links.ts';
