import type { Connector, ConnectorModule, EntityType } from '../../connectors/kit/index.ts';
import type { FieldMapping } from '../../canonical/mapping/index.ts';
import type { EntityPolicy } from '../../canonical/policy/index.ts';

/** An external system that is ready to be talked to. */
export interface ConnectedSystem {
  readonly id: number;
  readonly name: string;
  readonly module: ConnectorModule;
  readonly connector: Connector;
  readonly mappings: readonly FieldMapping[];
  readonly policies: readonly EntityPolicy[];
  /** Calls made from here on are logged under this operation. */
  setOperation(operationId: string | undefined): void;
  /** Resolves when every call so far is in the log. */
  flushCalls(): Promise<void>;
  close(): Promise<void>;
}

export function canRead(system: ConnectedSystem, entity: EntityType): boolean {
  return system.module.declaration.entities[entity]?.readAll ?? false;
}

export function canReadChanges(system: ConnectedSystem, entity: EntityType): boolean {
  return system.module.declaration.entities[entity]?.readChanges ?? false;
}

export function canWrite(system: ConnectedSystem, entity: EntityType): boolean {
  return system.module.declaration.entities[entity]?.create ?? false;
}

export function canUpdate(system: ConnectedSystem, entity: EntityType): boolean {
  const capabilities = system.module.declaration.entities[entity];
  return (capabilities?.update ?? false) || (capabilities?.create ?? false);
}

/** Whether anything is ever sent to the system. */
export function takesChanges(system: ConnectedSystem): boolean {
  return Object.values(system.module.declaration.entities).some(
    (each) => (each?.create ?? false) || (each?.update ?? false),
  );
}
