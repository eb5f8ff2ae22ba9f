/** Workflows and their runs, as src/contract/routes/workflows gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  workflow,
  workflowAids,
  workflowDetail,
  workflowProblems,
  workflowReplay,
  workflowRun,
  workflowRunDetail,
  workflowSaved,
  workflows,
  workflowStarted,
} from '../../../src/contract/index.ts';
import { get, post } from './http/client.ts';

export type Workflow = z.input<typeof workflow>;
export type WorkflowDetail = z.input<typeof workflowDetail>;
export type WorkflowAids = z.input<typeof workflowAids>;
export type Replay = z.input<typeof workflowReplay>;
export type WorkflowRun = z.input<typeof workflowRun>;
export type WorkflowRunDetail = z.input<typeof workflowRunDetail>;
export type WorkflowProblem = z.input<typeof workflowProblems>['problems'][number];

const of = (name: string): string => `/workflows/${encodeURIComponent(name)}`;
const ofRun = (id: string): string => `/workflow-runs/${encodeURIComponent(id)}`;

export const workflowsQuery = queryOptions({
  queryKey: ['workflows'],
  queryFn: ({ signal }) => get<z.input<typeof workflows>>('/workflows', { signal }),
});
/** @param version absent: the one that runs, else the latest. */
export const workflowQuery = (name: string, version?: number) =>
  queryOptions({
    queryKey: ['workflows', name, version],
    queryFn: ({ signal }) => get<WorkflowDetail>(of(name), { query: { version }, signal }),
  });
export const workflowAidsQuery = queryOptions({
  queryKey: ['workflow-aids'],
  queryFn: ({ signal }) => get<WorkflowAids>('/workflow-aids', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});
/** How soon a page of a run asks again: what is worked on moves in seconds, what waits in minutes; the rest moves by a person. */
const lookAgainMs: Readonly<Record<WorkflowRun['state'], number | false>> = {
  pending: 3_000,
  waiting: 30_000,
  asking: 30_000,
  held: 30_000,
  halted: 30_000,
  completed: false,
  ended: false,
  failed: false,
  cancelled: false,
};
export const workflowRunQuery = (id: string) =>
  queryOptions({
    queryKey: ['workflow-runs', id],
    queryFn: ({ signal }) => get<WorkflowRunDetail>(ofRun(id), { passive: true, signal }),
    refetchInterval: ({ state: { data } }) => (data ? lookAgainMs[data.state] : false),
  });

export const checkWorkflow = (source: string): Promise<z.input<typeof workflowProblems>> =>
  post('/workflows/check', { source });
export const saveWorkflow = (saved: {
  readonly source: string;
  readonly note?: string | undefined;
}): Promise<z.input<typeof workflowSaved>> => post('/workflows', saved);
export const replayWorkflow = (source: string, days: number): Promise<Replay> =>
  post('/workflow-replays', { source, days });

/** What a person does to a workflow, by the last part of its address. */
export const changeWorkflow = (
  name: string,
  verb: 'decide' | 'mode' | 'owner' | 'resume' | 'release' | 'remove',
  body?: object,
): Promise<unknown> => post(`${of(name)}/${verb}`, body);
export const startRuns = (
  name: string,
  records: readonly string[],
): Promise<z.input<typeof workflowStarted>> => post(`${of(name)}/runs`, { records });
export const moveRun = (id: string, verb: 'cancel' | 'retry'): Promise<unknown> =>
  post(`${ofRun(id)}/${verb}`);
