export {
  breakLink,
  countLinks,
  decideCorrelationPair,
  isOnItsWay,
  type LinkEntry,
  type LinkFilter,
  listLinks,
  listSharingAssets,
  makeLink,
  wasEverLinked,
} from './link-decisions.sql.ts';
