export { type LinkFault, listLinkFaults } from './link-faults.sql.ts';
export {
  fetchLinks,
  findLinkedElsewhere,
  findLinkedInside,
  findLinkedSystems,
  findOtherLinks,
  type LinkRow,
  type LinkToSave,
  listReplacedLinks,
  renameLink,
  saveLinks,
} from './links.sql.ts';
