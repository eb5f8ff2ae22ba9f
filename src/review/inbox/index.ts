export {
  countInbox,
  type InboxCount,
  type InboxFilter,
  type InboxItem,
  listInbox,
} from './inbox-list.sql.ts';
