/** What waits for whoever is signed in, as src/review/inbox gives it. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { inbox } from '../../../../src/contract/index.ts';
import { get } from '../http/client.ts';

export type Inbox = z.infer<typeof inbox>;
export type InboxItem = Inbox['items'][number];
export type InboxCount = Inbox['counts'][number];
export type InboxKind = InboxCount['kind'];

/** @param kind undefined: of every kind the counts, and the row that waits longest. Events of the server make it old. */
export const inboxQuery = (system: string | undefined, kind: InboxKind | undefined, limit: number) =>
  queryOptions({
    queryKey: ['me', 'inbox', system, kind, limit],
    queryFn: ({ signal }) => get<Inbox>('/me/inbox', { query: { system, kind, limit }, signal }),
  });
