/** Actions upon POA&Ms and assets, by the same use cases as people edit them with: version, schema, policies and journal included. */
import { z } from 'zod';
import {
  type ActionChange,
  type ActionOutcome,
  dayIn,
  defineAction,
  done,
  filled,
  nothingToDo,
  poamOf,
  refused,
  template,
} from '../../modules/workflows/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { fetchRows } from '../../record/entities/index.ts';
import {
  commentPoam,
  completePoam,
  editRecord,
  type EditOutcome,
  extendPoam,
  reopenPoam,
} from '../../review/records/index.ts';
import { obligedDay } from './obliged-day.sql.ts';

const changesOf = ({ entity, id, changes }: EditOutcome): ActionChange[] =>
  changes.map(({ field, before, after }) => ({ entity, id, field, before, after }));

const aboutPoams = ['poam', 'weakness', 'finding', 'deviation'] as const;

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const noPoam = (title: string): ActionOutcome =>
  nothingToDo(
    `no POA&M answers ${title}: where the weakness rule of its boundary wants one, the next sync makes it`,
  );

export const updatePoam = defineAction({
  name: 'update_poam',
  title: 'change fields of the POA&M',
  inputs: z.strictObject({
    set: z
      .record(z.string().regex(/^[a-z_]+$/), z.union([template(2_000), z.null()]))
      .refine((set) => Object.keys(set).length > 0, { error: 'name at least one field' })
      .describe('new values by field, such as {status: In Progress}; null empties one'),
    only_empty: z.boolean().default(false).describe('leave alone what somebody filled already'),
  }),
  permission: 'poam:write',
  appliesTo: aboutPoams,
  raises: ['poam.changed'],
  undo: 'Undo its operation: `tieline ops undo`; or edit it back.',
  async carryOut({ app, owner, scope, reason }, record, inputs): Promise<ActionOutcome> {
    const id = poamOf(record);
    if (id === undefined) return noPoam(record.title);
    const row = (await fetchRows(app.db, 'poam', [id])).get(id)?.row ?? {};
    const wanted = Object.entries(inputs.set).filter(([field]) => !inputs.only_empty || isEmpty(row[field]));
    if (wanted.length === 0) return nothingToDo('each of these fields is filled already');
    const changes: JsonObject = Object.fromEntries(
      wanted.map(([field, value]) => [field, value === null ? null : filled(value, record)]),
    );
    const edited = await editRecord(app, owner, scope, { entity: 'poam', id, changes, reason });
    if (edited.changes.length === 0) return nothingToDo(`${id} says so already`);
    return done(
      `${id}: ${edited.changes.map(({ field }) => field.replaceAll('_', ' ')).join(', ')} changed`,
      changesOf(edited),
    );
  },
});

export const setDueDate = defineAction({
  name: 'set_due_date_by_policy',
  title: 'pull the promised day of the POA&M in to the earliest day that a policy of its boundary gives',
  inputs: z.strictObject({}),
  permission: 'poam:write',
  appliesTo: aboutPoams,
  raises: ['poam.changed'],
  undo: 'A later day needs an extension: `tieline poams extend`.',
  async carryOut({ app, owner, scope, now, reason }, record): Promise<ActionOutcome> {
    const id = poamOf(record);
    if (id === undefined) return noPoam(record.title);
    const known = await obligedDay(app.db, id);
    if (!known?.obligedBy) return nothingToDo(`no policy of its boundary gives ${id} a day`);
    const { obligedBy, promised } = known;
    if (promised !== null && promised <= obligedBy)
      return nothingToDo(
        `the policies of its boundary have done it already: ${id} is promised for ${promised}, obliged by ${obligedBy}`,
      );
    const today = dayIn(now, 0);
    if (obligedBy < today)
      return refused(
        `${id} was obliged by ${obligedBy}, which is past: a person promises the next day that can be kept`,
      );
    const changes = { scheduled_completion: obligedBy };
    const edited = await editRecord(app, owner, scope, { entity: 'poam', id, changes, reason });
    return done(`${id} is promised for ${obligedBy}, before ${promised ?? 'no day'}`, changesOf(edited));
  },
});

export const requestExtension = defineAction({
  name: 'request_extension',
  title: 'ask for an extension of the POA&M; those who decide are asked as its boundary says',
  inputs: z.strictObject({
    days: z.number().int().min(1).max(400).describe('so many days after the promised day'),
    reason: template(2_000),
  }),
  permission: 'poam:write',
  appliesTo: ['poam'],
  raises: ['poam.changed'],
  undo: 'Withdraw the request in the inbox, or pull the day in again.',
  async carryOut({ app, owner, scope, now }, record, inputs): Promise<ActionOutcome> {
    const known = await obligedDay(app.db, record.id);
    const from = known?.promised;
    if (!from) return refused(`${record.id} has no promised day that could be extended`);
    const today = dayIn(now, 0);
    const to = dayIn(new Date(`${from < today ? today : from}T00:00:00Z`), inputs.days);
    const move = { poamId: record.id, to, reason: filled(inputs.reason, record) };
    const made = await extendPoam(app, owner, scope, move);
    return made.outcome === 'asked'
      ? done(`an extension of ${record.id} to ${to} was asked for`)
      : done(`${record.id} was extended to ${to}`, [
          { entity: 'poam', id: record.id, field: 'scheduled_completion', before: from, after: to },
        ]);
  },
});

const isOver = /^(?:completed|closed|cancelled|canceled)$/i;

export const complete = defineAction({
  name: 'complete_poam',
  title:
    'complete the POA&M: at once where a scan proves every finding fixed and the owner may approve it, else those who decide are asked',
  inputs: z.strictObject({ reason: template(2_000) }),
  permission: 'poam:write',
  appliesTo: aboutPoams,
  raises: ['poam.changed'],
  undo: 'Open it again: `tieline poams reopen`; or withdraw the request in the inbox.',
  async carryOut({ app, owner, scope }, record, inputs): Promise<ActionOutcome> {
    const poamId = poamOf(record);
    if (poamId === undefined) return noPoam(record.title);
    const status = (await fetchRows(app.db, 'poam', [poamId])).get(poamId)?.row['status'] ?? null;
    if (typeof status === 'string' && isOver.test(status.trim()))
      return nothingToDo(`${poamId} is ${status} already`);
    const made = await completePoam(app, owner, scope, { poamId, reason: filled(inputs.reason, record) });
    return made.outcome === 'asked'
      ? done(`the completion of ${poamId} was asked for`)
      : done(`${poamId} was completed`, [
          { entity: 'poam', id: poamId, field: 'status', before: status, after: made.status },
        ]);
  },
});

export const reopen = defineAction({
  name: 'reopen_poam',
  title: 'open the POA&M again',
  inputs: z.strictObject({ reason: template(2_000) }),
  permission: 'poam:write',
  appliesTo: ['poam', 'finding', 'weakness'],
  raises: ['poam.changed'],
  undo: 'Complete it again, with evidence: `tieline poams complete`.',
  async carryOut({ app, owner, scope }, record, inputs): Promise<ActionOutcome> {
    const poamId = poamOf(record);
    if (poamId === undefined) return noPoam(record.title);
    const status = (await fetchRows(app.db, 'poam', [poamId])).get(poamId)?.row['status'] ?? null;
    if (typeof status !== 'string' || !isOver.test(status.trim()))
      return nothingToDo(`${poamId} is worked on: its boundary reopened it, or it never ended`);
    const made = await reopenPoam(app, owner, scope, { poamId, reason: filled(inputs.reason, record) });
    return done(`${poamId} was opened again`, [
      { entity: 'poam', id: poamId, field: 'status', before: status, after: made.status },
    ]);
  },
});

export const comment = defineAction({
  name: 'comment',
  title: 'comment the POA&M; comments stay in Tieline',
  inputs: z.strictObject({ say: template(5_000) }),
  permission: 'poam:write',
  appliesTo: aboutPoams,
  raises: [],
  undo: 'A comment stays; another one corrects it.',
  async carryOut({ app, owner, scope, workflow }, record, inputs): Promise<ActionOutcome> {
    const poamId = poamOf(record);
    if (poamId === undefined) return noPoam(record.title);
    const body = `${filled(inputs.say, record)}\n(workflow ${workflow})`;
    await commentPoam(app, owner, scope, { poamId, body });
    return done(`commented ${poamId}`, [
      { entity: 'poam_comment', id: poamId, field: null, before: null, after: body },
    ]);
  },
});

export const updateAsset = defineAction({
  name: 'update_asset',
  title: 'change what the business says about the asset: its criticality, environment, zone and the like',
  inputs: z.strictObject({
    set: z
      .record(
        z.string().regex(/^[a-z_]+$/),
        z.union([template(255), z.array(z.string().min(1).max(100)), z.null()]),
      )
      .refine((set) => Object.keys(set).length > 0, { error: 'name at least one field' })
      .describe('new values by field, such as {environment: production}; null empties one'),
    only_empty: z.boolean().default(true).describe('leave alone what somebody filled already'),
  }),
  permission: 'asset:write',
  appliesTo: ['asset'],
  raises: ['asset.changed'],
  undo: 'Undo its operation: `tieline ops undo`; or edit it back.',
  async carryOut({ app, owner, scope, reason }, record, inputs): Promise<ActionOutcome> {
    const row = (await fetchRows(app.db, 'asset_context', [record.id])).get(record.id)?.row ?? {};
    const wanted = Object.entries(inputs.set).filter(([field]) => !inputs.only_empty || isEmpty(row[field]));
    if (wanted.length === 0) return nothingToDo('each of these fields is filled already');
    const changes: JsonObject = Object.fromEntries(
      wanted.map(([field, value]) => [field, typeof value === 'string' ? filled(value, record) : value]),
    );
    const edited = await editRecord(app, owner, scope, {
      entity: 'asset_context',
      id: record.id,
      changes,
      reason,
    });
    if (edited.changes.length === 0) return nothingToDo(`${record.title} says so already`);
    return done(
      `${record.title}: ${edited.changes.map(({ field }) => field.replaceAll('_', ' ')).join(', ')} changed`,
      changesOf(edited),
    );
  },
});
