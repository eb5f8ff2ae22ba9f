/** Due-date policies, where they apply, calendars, and what due dates hang on, as src/contract/routes/rules/due-date-routes.ts gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  boundaryDueFacts,
  dueEvaluation,
  dueFacts,
  duePolicies,
  duePolicyHistory,
  duePolicyPreview,
  dueSaidOfPoam,
  dueUnanswered,
  dueZones,
  freeDays,
} from '../../../../src/contract/index.ts';
import { get, post } from '../http/client.ts';

export type DuePolicy = z.infer<typeof duePolicies>[number];
export type PolicyVersion = DuePolicy['versions'][number];
export type PolicyUse = DuePolicy['uses'][number];
export type PolicyPreview = z.infer<typeof duePolicyPreview>;
export type Unanswered = z.infer<typeof dueUnanswered>;
export type Zone = z.infer<typeof dueZones>[number];
export type DueFacts = z.infer<typeof dueFacts>;
export type FreeDays = z.infer<typeof freeDays>;
interface Items<T> {
  readonly items: T;
}

export const duePoliciesQuery = queryOptions({
  queryKey: ['due-policies'],
  queryFn: async ({ signal }) => (await get<Items<readonly DuePolicy[]>>('/due-policies', { signal })).items,
});
export const policyHistoryQuery = queryOptions({
  queryKey: ['due-policies', 'history'],
  queryFn: async ({ signal }) =>
    (await get<Items<z.infer<typeof duePolicyHistory>>>('/due-policies/history', { signal })).items,
});

export interface UseDraft {
  readonly policyId: string;
  /** null: as by default. */
  readonly applies: boolean | null;
  readonly coversOpen: boolean;
  /** null: as the default says, else as the policy says. */
  readonly whenEarlier: PolicyVersion['whenEarlier'] | null;
  readonly reason: string | null;
}
const usePath = (systemId: string | null): string =>
  systemId === null ? '/due-policies/default' : `/systems/${encodeURIComponent(systemId)}/due-policies`;
/** What it would do to open POA&Ms. @param systemId null: the default. */
export const previewUse = (systemId: string | null, use: UseDraft): Promise<PolicyPreview> =>
  post(`${usePath(systemId)}/preview`, use);
export const setUse = (systemId: string | null, use: UseDraft): Promise<void> => post(usePath(systemId), use);

export const freeDaysQuery = (year: number) =>
  queryOptions({
    queryKey: ['due-policies', 'days', year],
    queryFn: ({ signal }) => get<FreeDays>('/due-policies/days', { query: { year }, signal }),
  });
/** @param title null: the day is taken off the calendar. */
export const setFreeDay = (day: {
  readonly day: string;
  readonly isWorking: boolean;
  readonly title: string | null;
}): Promise<void> => post('/due-policies/days', { calendar: 'federal', ...day });

export const unansweredPage = 100;
export const unansweredQuery = (offset: number) =>
  queryOptions({
    queryKey: ['due-policies', 'unanswered', offset],
    queryFn: ({ signal }) =>
      get<Unanswered>('/due-policies/unanswered', { query: { offset, limit: unansweredPage }, signal }),
  });
export const zonesQuery = queryOptions({
  queryKey: ['due-policies', 'zones'],
  queryFn: ({ signal }) => get<readonly Zone[]>('/due-policies/zones', { signal }),
});

export type SaidOfPoam = z.infer<typeof dueSaidOfPoam>;
export const saidOfPoamQuery = (poamId: string) =>
  queryOptions({
    queryKey: ['poams', poamId, 'due-facts'],
    queryFn: ({ signal }) => get<SaidOfPoam>(`/poams/${encodeURIComponent(poamId)}/due-facts`, { signal }),
    staleTime: 0,
  });

interface Said {
  readonly exposed: boolean | null;
  readonly reason: string | null;
}
export const sayZone = (zone: string, said: Said): Promise<void> =>
  post('/due-policies/zones', { zone, ...said });
export const sayAsset = (assetUuid: string, said: Said): Promise<void> =>
  post(`/assets/${encodeURIComponent(assetUuid)}/exposure`, said);
export const sayPoam = (poamId: string, said: z.infer<typeof dueEvaluation>): Promise<unknown> =>
  post(`/poams/${encodeURIComponent(poamId)}/evaluation`, said);
export const sayBoundary = (systemId: string, said: z.infer<typeof boundaryDueFacts>): Promise<DueFacts> =>
  post(`/systems/${encodeURIComponent(systemId)}/due-facts`, said);
export const boundaryFactsQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', systemId, 'due-facts'],
    queryFn: ({ signal }) => get<DueFacts>(`/systems/${encodeURIComponent(systemId)}/due-facts`, { signal }),
  });
