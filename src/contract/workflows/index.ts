/** Workflows, their runs and what an editor of them needs. */
export * from './workflow-aids.ts';
export * from './workflows.ts';
