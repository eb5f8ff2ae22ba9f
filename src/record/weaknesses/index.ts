export {
  countOpenFindings,
  followDates,
  letGoOfMovedPoams,
  listOpenWeaknesses,
  moveWeaknesses,
  saveWeaknesses,
  type Unanswered,
  untieWeaknesses,
  type WeaknessToSave,
} from './weaknesses.sql.ts';
