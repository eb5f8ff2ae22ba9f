export {
  type EventKind,
  eventKinds,
  type EventToRecord,
  forgetEvents,
  recordEvents,
  type TielineEvent,
} from './events.sql.ts';
export { listenForEvents, type ListenOptions } from './listen.ts';
