/** The work on findings: whose it is, until when, and what scans say of it. */
import { queryOptions } from '@tanstack/react-query';
import { get, post } from '../http/client.ts';

export type WorkStatus = 'open' | 'in_progress' | 'blocked' | 'fix_reported' | 'fixed';

export interface Remediation {
  readonly key: string;
  readonly status: WorkStatus | null;
  readonly validation: 'waiting' | 'shown_fixed' | 'refuted' | null;
  readonly validatedAt: string | null;
  readonly assignedTo: string | null;
  readonly isTeam: boolean;
  readonly due: string | null;
  readonly plan: string | null;
  readonly note: string | null;
  readonly effortHours: number | null;
  readonly cost: number | null;
  readonly fixReportedAt: string | null;
  readonly fixReportedBy: string | null;
  readonly history: readonly {
    readonly at: string;
    readonly field: string;
    readonly before: unknown;
    readonly after: unknown;
    readonly by: string | null;
    readonly reason: string | null;
  }[];
  readonly scans: readonly { readonly id: number; readonly system: string; readonly state: string }[];
}

export interface PoamRemediation {
  readonly findings: number;
  readonly byStatus: Readonly<Record<WorkStatus | 'none' | 'missing', number>>;
  readonly unassigned: number;
  readonly late: number;
  readonly lastDue: string | null;
  readonly effortHours: number | null;
  readonly cost: number | null;
  readonly assignees: readonly { readonly name: string; readonly findings: number }[];
}

export interface Assignee {
  readonly kind: 'person' | 'team';
  readonly name: string;
  readonly title: string;
}

/** What is absent stays; null empties it. */
export interface WorkChange {
  readonly to?: string | null;
  readonly status?: Exclude<WorkStatus, 'fixed'>;
  readonly due?: string | null;
  readonly plan?: string | null;
  readonly note?: string | null;
  readonly effortHours?: number | null;
  readonly cost?: number | null;
}

export interface WorkAsked {
  readonly filter?: Readonly<Record<string, string | undefined>>;
  readonly keys?: readonly string[];
  readonly change: WorkChange;
  readonly reason?: string;
}

export interface WorkTried {
  readonly matched: number;
  readonly willChange: number;
  readonly unchanged: number;
  readonly fixed: number;
  readonly unseen: number;
  readonly token: string;
}

export const tryWork = (asked: WorkAsked): Promise<WorkTried> => post('/remediation/try', asked);
export const changeWork = (asked: WorkAsked, token: string): Promise<{ readonly changed: number }> =>
  post('/remediation/change', { ...asked, token });

export const workQuery = (key: string) =>
  queryOptions({
    queryKey: ['findings', key, 'work'],
    queryFn: ({ signal }) => get<Remediation>(`/findings/${encodeURIComponent(key)}/remediation`, { signal }),
  });
export const poamWorkQuery = (poamId: string) =>
  queryOptions({
    queryKey: ['poams', poamId, 'work'],
    queryFn: ({ signal }) =>
      get<PoamRemediation>(`/poams/${encodeURIComponent(poamId)}/remediation`, { signal }),
  });
export const assigneesQuery = queryOptions({
  queryKey: ['assignees'],
  queryFn: ({ signal }) => get<readonly Assignee[]>('/remediation/assignees', { signal }),
});
