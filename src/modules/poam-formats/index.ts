export {
  type DeviationFormField,
  deviationFormColumns,
  deviationFormHeaderRow,
  deviationFormSheet,
  type DeviationType,
} from './deviation-form.ts';
export { type FedrampSheet, fedrampSheets, fedrampWorkbook, isFedrampGuidance } from './fedramp-workbook.ts';
export type { FormatColumn, PoamFormat, PoamFormatName } from './format.ts';
export {
  dayWritten,
  monthFirst,
  readDatedText,
  readMilestoneChanges,
  readPlannedMilestones,
  writeDatedText,
  writeMilestoneChanges,
  writePlannedMilestones,
} from './milestone-text.ts';
export { fieldHomes, type PoamField } from './poam-fields.ts';
export {
  type HeaderRow,
  plainHeader,
  poamFormat,
  poamFormats,
  recognizeSheet,
  type RecognizedSheet,
} from './recognize.ts';
export { categories, fiveLevels, longestEmassText, type RmfStatus, rmfStatuses } from './rmf-workbooks.ts';
export {
  categoryOf,
  fedrampRatingOf,
  fedrampSheetOf,
  fiveLevelOf,
  poamStatusOf,
  type PoamStatus,
  rmfStatusOf,
  severityWritten,
  statusOfRmf,
} from './status-words.ts';
export {
  controlsWritten,
  deviationTitle,
  type LivingDeviation,
  nobodyNamed,
  noPlan,
  oscalControlId,
  oscalRatingOf,
  oscalStatusOf,
  writeDeviationRationale,
} from './oscal-words.ts';
