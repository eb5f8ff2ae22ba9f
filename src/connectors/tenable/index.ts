export { tenableConnector } from './connector.ts';
