/** Saved views of lists: filters, order and columns under a name, one's own or shared. */
import { z } from 'zod';
import { allRoles } from '../../canonical/access/index.ts';
import { instant } from '../json/index.ts';
import { defineRoutes } from './define-route.ts';

const name = z.string().trim().min(1).max(100);
const list = z.string().min(1).max(60);

/** As the address of the page has it. What is left out, the view leaves as it is. */
const query = z.strictObject({
  filters: z.record(z.string().max(60), z.string().max(4000)).optional(),
  sort: z.string().max(60).optional(),
  columns: z.array(z.string().max(60)).max(60).readonly().optional(),
  group: z.string().max(60).optional(),
});

const share = z.discriminatedUnion('with', [
  z.strictObject({ with: z.literal('nobody') }),
  z.strictObject({ with: z.literal('everybody') }),
  z.strictObject({ with: z.literal('role'), role: z.enum(allRoles) }),
  z.strictObject({ with: z.literal('system'), systemId: z.string().min(1).max(255) }),
]);

const view = z
  .strictObject({
    id: z.string(),
    list: z.string(),
    name: z.string(),
    query,
    share: z.discriminatedUnion('with', [
      z.strictObject({ with: z.literal('nobody') }),
      z.strictObject({ with: z.literal('everybody') }),
      z.strictObject({ with: z.literal('role'), role: z.string() }),
      z.strictObject({ with: z.literal('system'), systemId: z.string() }),
    ]),
    isRoleDefault: z.boolean(),
    owner: z.string(),
    isMine: z.boolean(),
    updatedAt: instant,
    /** For If-Match. */
    version: z.string(),
  })
  .meta({ id: 'SavedView' });

const mine = { tag: 'views', permission: 'signed-in', scope: 'own' } as const;
const viewId = z.strictObject({ viewId: z.guid() });

export const viewRoutes = defineRoutes({
  listViews: {
    method: 'GET',
    path: '/views',
    ...mine,
    summary: 'Saved views of a list, and how it begins for you',
    query: z.strictObject({ list }),
    answer: {
      status: 200,
      shape: z.strictObject({
        items: z.array(view),
        begins: z.string().nullable(),
        beginsBy: z.enum(['person', 'role']).nullable(),
        roles: z.array(z.strictObject({ role: z.string(), title: z.string() })),
        maySetRoleDefault: z.boolean(),
      }),
    },
  },
  addView: {
    method: 'POST',
    path: '/views',
    ...mine,
    summary: 'Save a view of a list',
    body: z.strictObject({
      list,
      name,
      query,
      share: share.default({ with: 'nobody' }),
      isRoleDefault: z.boolean().default(false),
    }),
    idempotent: true,
    answer: { status: 201, shape: view },
    audit: { event: 'setting_changed' },
  },
  changeView: {
    method: 'PATCH',
    path: '/views/:viewId',
    ...mine,
    summary: 'Rename, share or renew a view of yours',
    params: viewId,
    body: z.strictObject({
      name: name.optional(),
      query: query.optional(),
      share: share.optional(),
      isRoleDefault: z.boolean().optional(),
    }),
    versioned: true,
    answer: { status: 200, shape: view },
    audit: { event: 'setting_changed' },
  },
  removeView: {
    method: 'DELETE',
    path: '/views/:viewId',
    ...mine,
    summary: 'Delete a view of yours',
    params: viewId,
    versioned: true,
    answer: { status: 204 },
    audit: { event: 'setting_changed' },
  },
  chooseView: {
    method: 'POST',
    path: '/views/default',
    ...mine,
    summary: 'With which view a list begins for you',
    /** Without `viewId` it begins as your role has it; null: with none. */
    body: z.strictObject({ list, viewId: z.guid().nullable().optional() }),
    idempotent: true,
    answer: { status: 204 },
    audit: { nothing: 'the view that a person begins with' },
  },
});
