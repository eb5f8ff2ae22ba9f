/** Teams, to whom work and tasks are given. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { teams } from '../../../../src/contract/index.ts';
import { get, post } from '../http/client.ts';

export type Team = z.infer<typeof teams>[number];

export interface TeamWish {
  readonly name: string;
  readonly mail: string | null;
  readonly systemIds: readonly string[];
  /** Names of accounts. */
  readonly members: readonly string[];
}

export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: ({ signal }) => get<readonly Team[]>('/teams', { signal }),
});
export const saveTeam = (id: string | undefined, wish: TeamWish): Promise<Team> =>
  id === undefined ? post('/teams', wish) : post(`/teams/${encodeURIComponent(id)}/change`, wish);
export const removeTeam = (id: string): Promise<Team> => post(`/teams/${encodeURIComponent(id)}/remove`);
