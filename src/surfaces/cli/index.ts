export { runCommandLine } from './command-line.ts';
export { coloursFor } from './kit/colours.ts';
export type { CommandHost, DemoFlags, GlobalFlags, ServeFlags, Terminal } from './kit/command-context.ts';
export { placeIn } from './kit/hint.ts';
export { showError } from './kit/show-error.ts';
export { loadDemoView } from './sync/load-demo-view.ts';
