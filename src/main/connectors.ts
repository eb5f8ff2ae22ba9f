import type { ConnectorModule } from '../connectors/kit/contract.ts';
import { tenableConnector } from '../connectors/tenable/connector.ts';
import { tenableScConnector } from '../connectors/tenable-sc/connector.ts';
import { xactaConnector } from '../connectors/xacta/connector.ts';

/** Every vendor that this build of Tieline can talk to, by system type. */
export const connectorModules: ReadonlyMap<string, ConnectorModule> = new Map(
  [tenableConnector, tenableScConnector, xactaConnector].map((module) => [
    module.declaration.systemType,
    module as ConnectorModule,
  ]),
);
