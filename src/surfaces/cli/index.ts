export { coloursFor } from './colours.ts';
export type { CommandHost, DemoFlags, GlobalFlags, Terminal } from './command-context.ts';
export { runCommandLine } from './command-line.ts';
export { renderDemoSummary } from './demo-summary.ts';
export { progressView } from './progress.ts';
export { showError } from './show-error.ts';
