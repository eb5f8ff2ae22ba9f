/** What the demo shows with: loaded when it runs, so that no other command pays for the bar. */
export { progressView } from '../kit/progress.ts';
export { renderDemoSummary } from './demo-summary.ts';
