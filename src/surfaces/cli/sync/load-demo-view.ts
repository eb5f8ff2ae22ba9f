/** The views of the demo, loaded on demand. */
export const loadDemoView = (): Promise<typeof import('./demo-view.ts')> => import('./demo-view.ts');
