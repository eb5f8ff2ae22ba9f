export { loadLogKeys } from './log-key.ts';
export { loadMasterKeys, prepareRotation } from './master-key.ts';
