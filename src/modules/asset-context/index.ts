export { setContext, showContext } from './asset-context.ts';
