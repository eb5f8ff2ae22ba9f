export { scanFileReader } from './reader.ts';
