export { fetchContextOfAsset } from './asset-context.ts';
export { commentPoam, listPoamComments } from './comments.ts';
export { editRecord, type EditOutcome, editWithin, RecordMovedError } from './edit-record.ts';
export { type BulkEdit, editRecords, tryRecords } from './edit-records.ts';
export { type ChangesSince, tellChangesSince } from './life/changes-since.ts';
export { explainPoam, type PoamExplanation } from './life/explain-poam.ts';
export { fetchLifeSettings, type LifeSettingsShown, setLifeSettings } from './life/life-settings.ts';
export { completePoam, extendPoam, type MoveOutcome, reopenPoam } from './life/move-poam.ts';
export { type StoryItem, tellPoam } from './life/poam-story.ts';
export { type FieldView, listFieldViews, type RemoteRecord } from './field-views.ts';
export { addMilestone, completeMilestone, moveMilestone } from './milestones.ts';
export { fetchPoam, listPoamHistory, type PoamDetail } from './read-poam.ts';
export {
  acceptPoamEvidence,
  deliverPoamEvidence,
  findPoamEvidence,
  openPoamEvidence,
  resendPoamEvidence,
} from './evidence.ts';
export { type Fit, fitMilestones } from './fit-milestones.ts';
