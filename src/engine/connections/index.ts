export {
  type ConnectionChange,
  pauseConnection,
  planConnectionChange,
  type PlannedChange,
  recordConnectionDecision,
  requireWorking,
  saveConnectionChange,
} from './change-connection.ts';
export { requireVersion } from './connection-version.ts';
export { addReadOnly, editConnection } from './edit-connection.ts';
export { type ConnectionContext, connectSystem, fetchMappings, knownSystem, moduleFor } from './connect.ts';
export {
  canRead,
  canReadChanges,
  canUpdate,
  canWrite,
  type ConnectedSystem,
  type KnownSystem,
  takenBy,
  takesChanges,
  takesNew,
} from './connected-system.ts';
export { type ConnectionFacts, describeConnection, type ShownSetting } from './describe-connection.ts';
export { removeConnection, whatHangsOn } from './remove-connection.ts';
export type { WhatHangs } from './remove-system.sql.ts';
export { checkSecretsReadable, listSealingKeys } from './sealing-keys.ts';
export {
  createSecretBox,
  isSealed,
  type MasterKey,
  masterKeyFrom,
  sealingKeyOf,
  type SecretBox,
} from './secret-box.ts';
export {
  type ConnectorDeclaration,
  type ConnectorModule,
  requiredSettings,
  settingsOf,
  unknownSetting,
} from './settings.ts';
export {
  addSystem,
  checkBeforeAdding,
  checkNewSystem,
  checkHealth,
  checkSystem,
  fetchSystem,
  listSystemFacts,
  remedyText,
  resealSecrets,
} from './systems.ts';
