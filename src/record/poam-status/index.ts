export {
  canonicalStatusOf,
  isFinished,
  isFinishedStatus,
  isOpenPoam,
  isOpenStatus,
} from './poam-status.sql.ts';
