export { xactaConnector } from './connector.ts';
