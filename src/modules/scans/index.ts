export { planScan, type ScanPlan, type ScanWish } from './plan-scan.ts';
export { countWaitingScans, type RemediationScanRow } from '../../record/remediation-scans/index.ts';
export {
  askForScan,
  fetchScanDetail,
  findScans,
  followScans,
  launchScan,
  type ScanDetail,
} from './remediation-scans.ts';
export { planScanSteps } from './scan-steps.ts';
