export { amendable, type Amendable, amendRecord } from './amend.ts';
export { fileDisagreement, listRecordStatements } from './statements.ts';
