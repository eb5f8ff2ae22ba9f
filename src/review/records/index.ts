export { type AssetContextDetail, fetchContextOfAsset } from './asset-context.ts';
export { commentPoam, listPoamComments } from './comments.ts';
export type { PoamComment } from './comments.sql.ts';
export type { FieldChange } from './decide-edit.ts';
export { editRecord, type EditOutcome, type RecordEdit, RecordMovedError } from './edit-record.ts';
export {
  type BulkEdit,
  type BulkOutcome,
  editRecords,
  type RefusedEdit,
  type Selection,
  type TriedEdit,
  tryRecords,
} from './edit-records.ts';
export { type FieldThere, type FieldView, listFieldViews, type RemoteRecord } from './field-views.ts';
export { type EditableEntity, editableEntities } from './gather-records.ts';
export { addMilestone, completeMilestone, moveMilestone, type NewMilestone } from './milestones.ts';
export { fetchPoam, listPoamHistory, type MilestoneView, type PoamDetail } from './read-poam.ts';
