export { type EventKind, forgetEvents, recordEvents, type TielineEvent } from './events.sql.ts';
export { listenForEvents } from './listen.ts';
