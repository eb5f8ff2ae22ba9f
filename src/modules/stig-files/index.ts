export { listAssetStigs } from './checklists.sql.ts';
export { exportChecklist } from './export-checklist.ts';
export { type ChecklistFormat } from './write-checklist.ts';
