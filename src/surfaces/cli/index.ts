export { runCommandLine } from './command-line.ts';
export { coloursFor } from './kit/colours.ts';
export type { CommandHost, DemoFlags, GlobalFlags, ServeFlags, Terminal } from './kit/command-context.ts';
export { placeIn } from './kit/hint.ts';
export { showError } from './kit/show-error.ts';

/** The views of the demo, loaded on demand. */
export const loadDemoView = (): Promise<typeof import('./sync/demo-view.ts')> =>
  import('./sync/demo-view.ts');
