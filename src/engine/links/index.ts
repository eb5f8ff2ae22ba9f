export {
  breakLink,
  countLinks,
  isOnItsWay,
  type LinkEntry,
  type LinkFilter,
  listLinks,
  makeLink,
  wasEverLinked,
} from './link-decisions.sql.ts';
