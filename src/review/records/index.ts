export { fetchContextOfAsset } from './asset-context.ts';
export { commentPoam, listPoamComments } from './comments.ts';
export { editRecord, type EditOutcome, RecordMovedError } from './edit-record.ts';
export { type BulkEdit, editRecords, tryRecords } from './edit-records.ts';
export { type FieldView, listFieldViews, type RemoteRecord } from './field-views.ts';
export { addMilestone, completeMilestone, moveMilestone } from './milestones.ts';
export { fetchPoam, listPoamHistory, type PoamDetail } from './read-poam.ts';
