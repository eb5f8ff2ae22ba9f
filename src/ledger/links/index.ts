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
  readAnew,
  wasEverLinked,
} from './link-decisions.sql.ts';
export { type LinkFault, listLinkFaults } from './link-faults.sql.ts';
export {
  fetchLinks,
  findLinkedElsewhere,
  findLinkedInside,
  findLinkedSystems,
  findOtherLink,
  type LinkRow,
  type LinkToSave,
  listReplacedLinks,
  renameLink,
  saveLinks,
} from './links.sql.ts';
