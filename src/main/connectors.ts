import type { ConnectorModule } from '../connectors/kit/index.ts';
import { tenableConnector } from '../connectors/tenable/index.ts';
import { tenableScConnector } from '../connectors/tenable-sc/index.ts';
import { xactaConnector } from '../connectors/xacta/index.ts';

/** Every vendor that this build of Tieline can talk to, by system type. */
export const connectorModules: ReadonlyMap<string, ConnectorModule> = new Map(
  [tenableConnector, tenableScConnector, xactaConnector].map((module) => [
    module.declaration.systemType,
    module as ConnectorModule,
  ]),
);
