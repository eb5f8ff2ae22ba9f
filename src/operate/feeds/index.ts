export { takeFeedFile } from './feeds.ts';
