/** Controls of a system one by one, and what is proposed of their status. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { controlDetail, controlProposals, proposalDecided } from '../../../../src/contract/index.ts';
import { get, getVersioned, patch, post } from '../http/client.ts';
import type { FieldValue, FieldView } from '../poams.ts';

export type ControlDetail = Omit<z.infer<typeof controlDetail>, 'fields'> & {
  readonly fields: readonly FieldView[];
};
export type Proposal = z.infer<typeof controlProposals>[number];

const path = (systemId: string, controlId: string): string =>
  `/systems/${encodeURIComponent(systemId)}/controls/${encodeURIComponent(controlId)}`;

export const controlQuery = (systemId: string, controlId: string) =>
  queryOptions({
    queryKey: ['systems', systemId, 'control', controlId],
    queryFn: ({ signal }) => getVersioned<ControlDetail>(path(systemId, controlId), { signal }),
  });

export const editControl = (
  systemId: string,
  controlId: string,
  edit: { readonly changes: Readonly<Record<string, FieldValue>> },
  etag: string,
): Promise<unknown> => patch(path(systemId, controlId), edit, etag);

export const proposalsQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', systemId, 'proposals'],
    queryFn: ({ signal }) =>
      get<readonly Proposal[]>('/control-proposals', { query: { system: systemId }, signal }),
  });

export const decideProposal = (
  id: number,
  isAccepted: boolean,
  reason: string | undefined,
): Promise<z.infer<typeof proposalDecided>> =>
  post(`/control-proposals/${id}/decision`, { accepted: isAccepted, reason });
