/** Dashboards with the numbers of their tiles. */
import { z } from 'zod';
import { allRoles } from '../../canonical/access/index.ts';
import { instant } from '../json/index.ts';
import { metricRow } from './metrics.ts';

const tile = z.strictObject({
  metric: z.string().min(1).max(255),
  measure: z.string().min(1).max(40),
  by: z.enum(['system', 'severity', 'band']).nullable(),
});
const layout = {
  /** Tiles beside each other on a wide page. */
  columns: z.number().int().min(1).max(4),
  /** How often a page that shows it asks for newer numbers. */
  refreshSeconds: z.number().int().min(30).max(86_400),
};
const listed = {
  id: z.string(),
  name: z.string(),
  purpose: z.string().nullable(),
  isShipped: z.boolean(),
  owner: z.string().nullable(),
  isMine: z.boolean(),
  isPublic: z.boolean(),
  ...layout,
  /** Null of one that ships. */
  createdAt: instant.nullable(),
  changedAt: instant.nullable(),
  roles: z.array(z.enum(allRoles as [(typeof allRoles)[number], ...(typeof allRoles)[number][]])), // it is not empty
};
export const dashboardRow = z.strictObject({ ...listed, tiles: z.array(tile) }).meta({ id: 'Dashboard' });
/** `dashboards list`. */
export const dashboardList = z.strictObject({ items: z.array(dashboardRow) });

const metricWords = metricRow.pick({
  code: true,
  name: true,
  title: true,
  definition: true,
  formula: true,
  source: true,
  takenOn: true,
  isComputed: true,
  needs: true,
  problem: true,
});

/** `dashboards show`. */
export const dashboardData = z
  .strictObject({
    ...listed,
    from: z.string(),
    to: z.string(),
    system: z.string().nullable(),
    tiles: z.array(
      z.strictObject({
        tile,
        metric: metricWords,
        measure: metricRow.shape.measures.element,
        points: z.array(z.strictObject({ day: z.string(), value: z.number(), isComputed: z.boolean() })),
        bars: z.array(z.strictObject({ of: z.string(), value: z.number() })),
        barsLeft: z.number(),
      }),
    ),
  })
  .meta({ id: 'DashboardData' });

export const newDashboard = z.strictObject({
  name: z.string().trim().min(1).max(100),
  tiles: z.array(tile).min(1).max(24),
  isPublic: z.boolean().default(false),
  roles: listed.roles.max(20).default([]),
  columns: layout.columns.default(3),
  refreshSeconds: layout.refreshSeconds.default(300),
});

export const dashboardQuery = z.strictObject({
  days: z.coerce.number().int().min(7).max(730).default(90),
  system: z.string().min(1).max(255).optional(),
});
