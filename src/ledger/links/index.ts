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
