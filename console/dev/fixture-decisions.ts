/** Conflicts, approvals, runs and the outbox, for looking at their pages. */
import type { z } from 'zod';
import { approvalList, conflictList, operationList, outboxList } from '../../src/canonical/lists/index.ts';
import type { conflictDetail } from '../../src/contract/index.ts';
import type { approvalRoutes } from '../../src/contract/index.ts';
import { dayIn, daysAgo, poams } from './fixture-rows.ts';

type Answer = { readonly status?: number; readonly body: unknown };
type Conflict = { readonly [Key in keyof z.infer<typeof conflictDetail>]: unknown };
type Approval = {
  readonly [Key in keyof z.infer<(typeof approvalRoutes)['getApproval']['answer']['shape']>]: unknown;
};

const conflicts = poams.slice(0, 37).map((poam, index) => {
  const isText = index % 5 === 2;
  const type = index % 7 === 4 ? 'validation_rejected' : index % 9 === 8 ? 'duplicate' : 'field_mismatch';
  return {
    id: index + 1,
    entity: 'poam',
    entityId: poam.poamId,
    title: poam.weakness,
    type,
    field: type === 'duplicate' ? null : isText ? 'remediation_plan' : 'scheduled_completion',
    base: isText ? 'Upgrade to 3.0.15 in window 26-06.' : dayIn(-30),
    internal: isText ? 'Upgrade to 3.0.16 in window 26-07. Test hosts first.' : dayIn(10),
    external:
      type === 'validation_rejected'
        ? { message: 'The date lies after the end of the authorization.', field: 'Scheduled Completion Date' }
        : isText
          ? 'Upgrade to 3.0.15 in window 26-08, by the vendor.'
          : dayIn(25),
    status: 'pending',
    createdAt: daysAgo(3 - index / 20),
    internalChangedAt: daysAgo(3.4),
    externalChangedAt: daysAgo(3.2),
    internalChangedBy: 'J. Doe',
    externalChangedBy: index % 3 === 0 ? null : 'M. Ray',
    resolvedBy: null,
    resolvedAt: null,
    resolution: null,
    operationId: 'op-0',
    systemId: 3,
    system: 'xacta',
    externalId: `X-${index}`,
    boundary: poam.systemId,
    boundaryName: poam.systemName,
    weakness: null,
  };
});

const choicesOf: Readonly<Record<string, readonly { choice: string; effect: string }[]>> = {
  field_mismatch: [
    { choice: 'internal', effect: 'keep_ours' },
    { choice: 'external', effect: 'take_theirs' },
    { choice: 'value', effect: 'set_value' },
  ],
  validation_rejected: [
    { choice: 'internal', effect: 'send_again' },
    { choice: 'external', effect: 'give_up' },
  ],
  duplicate: [
    { choice: 'first', effect: 'cancel_copy' },
    { choice: 'copy', effect: 'cancel_first' },
    { choice: 'same', effect: 'follow' },
    { choice: 'both', effect: 'keep_both' },
  ],
};

function conflictDetailOf(row: (typeof conflicts)[number]): Answer {
  const event = {
    system: 'xacta',
    operationId: 'op-0',
    decidedByKind: 'person',
    ruleCode: null,
    reasonCode: null,
  };
  const detail: Conflict = {
    ...row,
    choices: choicesOf[row.type] ?? [],
    policy: { words: 'Both sides edit; a person settles what both changed.', decidedBy: 'default policy' },
    history: [
      {
        ...event,
        at: daysAgo(3.2),
        side: 'there',
        field: row.field,
        before: row.base,
        after: row.external,
        decidedBy: 'M. Ray',
        reason: null,
      },
      {
        ...event,
        at: daysAgo(3.4),
        side: 'here',
        field: row.field,
        before: row.base,
        after: row.internal,
        decidedBy: 'J. Doe',
        reason: 'patch window moved',
      },
      {
        ...event,
        at: daysAgo(40),
        side: 'sent',
        field: row.field,
        before: null,
        after: row.base,
        decidedBy: 'policy',
        reason: 'made for an open finding',
      },
    ],
    fields: ['status', 'poc', 'security_control', 'risk_rating', row.field ?? 'comments'].map((field) => ({
      field,
      here: 'In Progress',
      agreed: 'In Progress',
      inConflict: field === row.field,
    })),
  };
  return { body: detail };
}

function conflictAnswer(id: string, part: string | undefined): Answer | undefined {
  const row = conflicts.find((each) => String(each.id) === id);
  if (!row) return undefined;
  const choices = choicesOf[row.type] ?? [];
  if (part === 'resolution') {
    if (row.id === 2)
      return {
        status: 409,
        body: { code: 'CONFLICT_SETTLED', detail: 'Conflict 2 was settled by M. Ray.' },
      };
    conflicts.splice(conflicts.indexOf(row), 1);
    const effects = [{ id: row.id, effect: choices[0]?.effect, waitsForApproval: true }];
    return { body: { operationId: 'op-9', resolved: [row.id], effects, refused: [] } };
  }
  return conflictDetailOf(row);
}

const item = (number: number, danger: string) => {
  const poam = poams[number % poams.length];
  const isDate = danger === 'later_or_lower';
  const isNew = danger === 'creates';
  return {
    number,
    entity: 'poam',
    entityId: poam?.poamId,
    record: poam?.poamId,
    title: poam?.weakness,
    kind: isNew ? 'create' : 'update',
    field: isNew ? null : isDate ? 'scheduled_completion' : 'status',
    before: null,
    after: null,
    lines: isNew
      ? [
          { field: 'status', after: 'Open' },
          { field: 'scheduled_completion', after: dayIn(60) },
          { field: 'security_control', after: 'SI-2' },
        ]
      : isDate
        ? [{ field: 'Scheduled completion', before: dayIn(-12), after: dayIn(18) }]
        : [{ field: 'Status', before: 'In Progress', after: danger === 'ends_poam' ? 'Completed' : 'Open' }],
    reason: isDate
      ? 'patch window moved (J. Doe)'
      : 'No open finding since 12 days; the scan covered all 9 assets.',
    danger,
  };
};
const group = (danger: string, count: number, from: number) => ({
  danger,
  sha256: danger.padEnd(64, '0'),
  count,
  sample: Array.from({ length: Math.min(5, count) }, (_, n) => item(from + n, danger)),
  items: Array.from({ length: count }, (_, n) => from + n),
});
const approvalGroups = [
  group('ends_poam', 2, 1),
  group('later_or_lower', 14, 3),
  group('creates', 38, 17),
  group('updates', 61, 55),
];
const approvals = [0, 1, 2, 3, 4].map((index) => ({
  number: 41 + index,
  approvalId: `0b4c6d2e-0000-4000-8000-00000000000${index}`,
  planId: `plan-${index}`,
  systemId: 3,
  system: 'xacta',
  action: 'send',
  requestedBy: 'worker',
  requestedAt: daysAgo(0.1 + index),
  status: index === 4 ? 'approved' : 'pending',
  decidedBy: index === 4 ? 'M. Ray' : null,
  decidedAt: index === 4 ? daysAgo(1) : null,
  reason: index === 4 ? 'looked at with the ISSO' : null,
  contentSha256: '4f0c9a'.padEnd(64, 'e'),
  boundary: `SYS-00${index + 1}`,
  boundaryName: [
    'Logistics Planning',
    'Personnel Records',
    'Message Gateway',
    'Training Portal',
    'Weather Data',
  ][index],
  changes: 115,
  dangers: {
    ends_poam: 2,
    later_or_lower: 14,
    accepts_risk: 0,
    creates: 38,
    updates: 61,
    tags: 0,
    links: 0,
    held: 0,
  },
}));

let steppedUp = false;
function approvalAnswer(id: string, part: string | undefined): Answer | undefined {
  const row = approvals.find(({ approvalId }) => approvalId === id);
  if (!row) return undefined;
  if (part === 'items')
    return {
      body: { items: Array.from({ length: 14 }, (_, n) => item(3 + n, 'later_or_lower')), next: null },
    };
  if (part === 'decision') {
    if (!steppedUp)
      return {
        status: 403,
        body: { code: 'STEP_UP_NEEDED', detail: 'The password was given too long ago.' },
      };
    return { body: { operationId: 'op-8', changes: 115, waiting: 0, system: 'xacta' } };
  }
  const detail: Approval = { ...row, authors: ['J. Doe'], groups: approvalGroups };
  return { body: detail };
}

const at = (days: number): string => daysAgo(days).slice(0, 19).replace('T', ' ');
const counts = { read: 3120, created: 38, updated: 61, unchanged: 3010, held: 8, failed: 3 };
const operation = (index: number, what: string, system: string) => ({
  operationId: `4f0c0000-0000-4000-8000-0000000000${String(index).padStart(2, '0')}`,
  type: index % 4 === 3 ? 'update' : 'sync',
  what,
  by: index % 4 === 3 ? 'J. Doe' : null,
  step: null,
  system,
  status: ['in_progress', 'completed', 'completed_with_issues', 'completed', 'failed'][index % 5],
  startedAt: at(index / 24 + 0.01),
  completedAt: index % 5 === 0 ? null : at(index / 24),
  counts,
  planned: null,
  retries: 0,
  error: index % 5 === 4 ? 'xacta answered with 503 for 15 minutes' : null,
});
const operations = Array.from({ length: 40 }, (_, index) =>
  operation(index, index % 4 === 3 ? 'Settled conflicts' : 'Sync', index % 4 === 3 ? 'xacta' : 'all'),
);
const changes = poams.slice(0, 60).map((poam, index) => ({
  id: index,
  system: 'xacta',
  entity: 'poam',
  entityId: poam.poamId,
  record: poam.poamId,
  title: poam.weakness,
  kind: 'changed',
  field: 'status',
  before: 'Open',
  after: 'In Progress',
  direction: index % 2 === 0 ? 'inbound' : 'outbound',
  decidedBy: 'policy',
  reason: null,
  decidedByKind: 'policy',
  ruleCode: null,
  reasonCode: null,
  at: at(0.1),
}));
function operationAnswer(id: string, part: string | undefined): Answer | undefined {
  if (id === 'sync') return { status: 202, body: job() };
  const row = operations.find(({ operationId }) => operationId === id);
  if (!row) return undefined;
  if (part === 'changes') return { body: { items: changes, next: null } };
  const steps = [
    'Settle what was sent',
    'Read assets',
    'Read findings',
    'Read POA&Ms',
    'Link assets',
    'Send',
  ];
  return {
    body: {
      ...row,
      steps: steps.map((what, index) => operation(index + 1, what, index < 3 ? 'tenable' : 'xacta')),
      journal: { entries: [], total: changes.length, next: null },
      conflicts: conflicts.slice(0, 3),
      changes: [
        { direction: 'inbound', entity: 'poam', changes: 30 },
        { direction: 'outbound', entity: 'poam', changes: 30 },
      ],
      held: [{ identifier: 'X-77', reason: 'its status has no word here' }],
      refused: [],
      cut: [],
      calls: { total: 214, byStatus: [] },
    },
  };
}

let asked = 0;
function job() {
  asked += 1;
  const over = asked > 4;
  return {
    id: 'job-1',
    kind: 'sync',
    state: over ? 'succeeded' : 'running',
    requestedBy: 'J. Doe',
    requestedByPrincipal: 'j.doe',
    requestedAt: daysAgo(0),
    startedAt: daysAgo(0),
    endedAt: over ? daysAgo(0) : null,
    operationId: operations[0]?.operationId ?? null,
    progress: { done: asked * 300, total: 3120, unit: 'records', step: 'read findings' },
    result: null,
    problem: null,
    cancelRequestedAt: null,
  };
}

const outbox = poams.slice(0, 24).map((poam, index) => ({
  id: index + 1,
  systemId: 3,
  system: 'xacta',
  entity: 'poam',
  entityId: poam.poamId,
  externalId: poam.remoteId,
  kind: 'update',
  state: ['waiting', 'pending', 'failed', 'sent'][index % 4],
  attempts: index % 4 === 2 ? 3 : 0,
  reason: 'edited here by J. Doe',
  payload: {},
  before: {},
  failure: index % 4 === 2 ? { message: 'The date lies after the end of the authorization.' } : null,
  createdAt: daysAgo(index / 10),
  notBefore: null,
  operationId: operations[3]?.operationId,
  approvedBy: null,
  approvedAt: null,
  mustReplan: false,
  title: poam.weakness,
  boundary: poam.systemId,
  lines: [{ field: 'Scheduled completion', before: dayIn(-12), after: dayIn(18) }],
}));

export const decisionNouns = {
  conflicts: { definition: conflictList, rows: conflicts, key: 'id' },
  approvals: { definition: approvalList, rows: approvals, key: 'approvalId' },
  operations: { definition: operationList, rows: operations, key: 'operationId' },
  outbox: { definition: outboxList, rows: outbox, key: 'id' },
};

export function decisionDetails(path: string): Answer | undefined {
  const [, noun = '', id = '', part] = path.split('/');
  if (path === '/session/step-up') {
    steppedUp = true;
    return { status: 204, body: undefined };
  }
  if (noun === 'conflicts') return conflictAnswer(id, part);
  if (noun === 'approvals') return approvalAnswer(id, part);
  if (noun === 'operations') return operationAnswer(id, part);
  if (noun === 'jobs') return { body: job() };
  const change = noun === 'outbox' ? outbox.find((each) => String(each.id) === id) : undefined;
  return change ? { body: change } : undefined;
}
