import type {
  Connector,
  ConnectorDeclaration,
  ConnectorModule,
  EntityCapabilities,
  EntityType,
} from '../../connectors/kit/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';
import type { FieldMapping } from '../../canonical/mapping/index.ts';
import type { EntityPolicy } from '../../canonical/policy/index.ts';

/** An external system that is ready to be talked to. */
export interface ConnectedSystem {
  readonly id: number;
  readonly name: string;
  readonly module: ConnectorModule;
  readonly connector: Connector;
  /** Its settings as stored, before defaults. */
  readonly stored?: JsonObject;
  readonly mappings: readonly FieldMapping[];
  readonly policies: readonly EntityPolicy[];
  /** Calls made from here on are logged under this operation. */
  setOperation(operationId: string | undefined): void;
  /** Resolves when every call so far is in the log. */
  flushCalls(): Promise<void>;
  close(): Promise<void>;
}

/** What is known of a system without opening it. */
export type KnownSystem = Pick<
  ConnectedSystem,
  'id' | 'name' | 'module' | 'stored' | 'mappings' | 'policies'
>;

export function canRead(system: Pick<ConnectedSystem, 'module'>, entity: EntityType): boolean {
  return system.module.declaration.entities[entity]?.readAll ?? false;
}

export function canReadChanges(system: ConnectedSystem, entity: EntityType): boolean {
  return system.module.declaration.entities[entity]?.readChanges ?? false;
}

export function canWrite(system: ConnectedSystem, entity: EntityType): boolean {
  return system.module.declaration.entities[entity]?.create ?? false;
}

/**
 * What a remote takes of an entity with the settings of its connection (a profile without an endpoint takes nothing).
 * @param settings as stored, before defaults.
 */
export function takenBy(
  { entities, takes }: Pick<ConnectorDeclaration, 'entities' | 'takes'>,
  settings: Json,
  entity: EntityType,
): Pick<EntityCapabilities, 'create' | 'update'> | undefined {
  const declared = entities[entity];
  if (!declared || !takes) return declared;
  try {
    const taken = takes(isJsonObject(settings) ? settings : {}, entity);
    return { create: declared.create && taken.create, update: declared.update && taken.update };
  } catch (error) {
    // Settings that cannot be used (a profile that is gone) are told by the connection's own check; the record is shown all the same.
    if (error instanceof TielineError) return declared;
    throw error;
  }
}

/** Whether the remote takes new records of the entity with the settings of its connection. */
export const takesNew = ({ module, stored = {} }: ConnectedSystem, entity: EntityType): boolean =>
  takenBy(module.declaration, stored, entity)?.create ?? false;

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
