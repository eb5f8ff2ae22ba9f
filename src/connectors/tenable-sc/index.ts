export { tenableScConnector } from './connector.ts';
