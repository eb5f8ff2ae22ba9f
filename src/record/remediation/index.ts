export { moveWork } from './move-work.sql.ts';
export { settleWork } from './settle-work.sql.ts';
export { fetchWork, findWorked, lockWork, saveWork, type Work, type WorkedFinding } from './work.sql.ts';
