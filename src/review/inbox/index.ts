export { inboxKindSpecs, type InboxKindSpec } from './inbox-kinds.ts';
export {
  countInbox,
  type InboxCount,
  type InboxFilter,
  type InboxItem,
  type InboxQuery,
  type InboxReader,
  listInbox,
} from './inbox-list.sql.ts';
