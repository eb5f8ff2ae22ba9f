/** Teams, to whom work and tasks are given. */
import { z } from 'zod';
import { team, teams } from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

const administered = { tag: 'users', permission: 'admin:users', scope: 'installation' } as const;
/** A name or an id. */
const params = z.strictObject({ team: z.string().min(1).max(100) });
const given = {
  name: z.string().min(1).max(100),
  mail: z.string().max(255).nullable(),
  systemIds: z.array(z.string().max(50)).max(1000),
  /** Names of accounts. */
  members: z.array(z.string().max(100)).max(500),
};

export const teamRoutes = {
  ...defineRoutes({
    listTeams: {
      ...administered,
      method: 'GET',
      path: '/teams',
      summary: 'Teams with members, systems and open work',
      answer: { status: 200, shape: teams },
    },
    addTeam: {
      ...administered,
      method: 'POST',
      path: '/teams',
      summary: 'Add a team',
      body: z.strictObject(given),
      idempotent: true,
      answer: { status: 201, shape: team },
      audit: { event: 'setting_changed' },
    },
    changeTeam: {
      ...administered,
      method: 'POST',
      path: '/teams/:team/change',
      summary: 'Change name, mail, systems or members of a team',
      params,
      body: z.strictObject(given).partial(),
      idempotent: true,
      answer: { status: 200, shape: team },
      audit: { event: 'setting_changed' },
    },
    removeTeam: {
      ...administered,
      method: 'POST',
      path: '/teams/:team/remove',
      summary: 'Remove a team to which no work was ever given',
      params,
      idempotent: true,
      answer: { status: 200, shape: team },
      audit: { event: 'setting_changed' },
    },
  }),
} as const;
