import type { Connector, ConnectorModule, EntityType } from '../../connectors/kit/contract.ts';
import type { FieldMapping } from '../../model/mapping.ts';
import type { EntityPolicy } from '../../model/policy.ts';

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

export function canWrite(system: ConnectedSystem, entity: EntityType): boolean {
  return system.module.declaration.entities[entity]?.create ?? false;
}
