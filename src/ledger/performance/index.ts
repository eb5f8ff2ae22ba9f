export {
  addToTotals,
  forgetTotals,
  insertTimings,
  listTotals,
  type PerformanceRow,
  sumTimings,
  type TotalRow,
} from './performance.sql.ts';
