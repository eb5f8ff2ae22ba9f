export { type LinkFault, listLinkFaults } from './link-faults.sql.ts';
export {
  fetchLinks,
  findLinkedElsewhere,
  findLinkedInside,
  findLinkedSystems,
  findOtherLinks,
  type LinkRow,
  listReplacedLinks,
  renameLink,
} from './links.sql.ts';
export {
  deleteLink,
  deleteLinks,
  endSeparation,
  insertLink,
  moveLink,
  retireLinks,
  separate,
} from './change-links.sql.ts';
