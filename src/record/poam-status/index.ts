export { isFinished } from './finished.sql.ts';
