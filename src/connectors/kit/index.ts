export {
  auditRaw,
  auditReferences,
  type AuditResult,
  auditResultMappings,
  auditResultsIn,
  isAuditCheck,
  resultBySeverity,
} from './audit-result.ts';
export type {
  Change,
  CheckResult,
  Connector,
  ConnectorContext,
  ConnectorDeclaration,
  SettingMeta,
  ConnectorModule,
  EntityCapabilities,
  EntityType,
  ExternalRecord,
  FindKey,
  Holder,
  ReadEvent,
  ReadOptions,
  ScanPhase,
  ScanRequest,
  ScanStatus,
  ScanWriteResult,
  VerificationScans,
  WriteResult,
} from './contract.ts';
export { maskedConnector } from './masked-connector.ts';
export { PageWalk } from './page-walk.ts';
export type { FilesWithin, ScanFile, ScanFileEvent, ScanFileReader } from './scan-file.ts';
export { spokenScannerNames } from './scanner-names.ts';
