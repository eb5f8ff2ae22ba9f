export { type LinkFault, listLinkFaults } from './link-faults.sql.ts';
export {
  clearEdited,
  fetchLinks,
  findLinkedElsewhere,
  findLinkedInside,
  findLinkedSystems,
  findOtherLinks,
  isFileBeside,
  type LinkRow,
  listRecordLinks,
  listReplacedLinks,
  markEdited,
  markRecordsEdited,
  type RecordLink,
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
