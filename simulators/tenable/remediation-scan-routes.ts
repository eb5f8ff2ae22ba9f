import { z } from 'zod';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { tenableError, tooManyRequests } from './answers.ts';
import type { RemediationScan, RemediationScans } from './remediation-scans.ts';

/** Templates that the vendor provides for scans of this kind; users' own are refused. */
const templates = [
  { uuid: '76d67790-2969-411e-a9d0-667f05e8d49e', name: 'advanced', title: 'Advanced Scan', is_agent: null },
  {
    uuid: '9afd5e49-b4a8-4ab3-8c44-4ed329a505c44e51e1f403febe40',
    name: 'basic',
    title: 'Basic Network Scan',
    is_agent: null,
  },
] as const;

const request = z.looseObject({
  uuid: z.string(),
  settings: z.looseObject({
    name: z.string().min(1),
    description: z.string().optional(),
    text_targets: z.string().min(1),
    policy_id: z.string().optional(),
    scanner_id: z.string().optional(),
    target_network_uuid: z.string().optional(),
  }),
  enabled_plugins: z.array(z.string()).default([]),
});
const sorts = ['scan_creation_date:desc', 'scan_creation_date:asc'];

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
const statusOf = (scan: RemediationScan): string => scan.runs[0]?.status ?? 'empty';

/** As the list shows a scan: without its description. */
function listed(scan: RemediationScan): Record<string, unknown> {
  const [run] = scan.runs;
  return {
    type: 'ps',
    uuid: run?.uuid ?? scan.uuid,
    permissions: 128,
    enabled: false,
    control: true,
    read: false,
    last_modification_date: seconds(run?.started ?? scan.created),
    creation_date: seconds(scan.runs.at(-1)?.started ?? scan.created),
    status: statusOf(scan),
    shared: false,
    user_permissions: 128,
    schedule_uuid: scan.uuid,
    wizard_uuid: scan.template,
    scan_creation_date: seconds(scan.created),
    owner: 'tieline@enterprise.example',
    policy_id: scan.id - 1,
    id: scan.id,
    name: scan.name,
  };
}

function created(scan: RemediationScan, targets: string): Record<string, unknown> {
  return {
    container_id: 'a0abbae8-512f-4b9d-93f3-74d9809a1004',
    owner_uuid: '68f1b7a3-caf0-4ef6-87a5-2d31338ead34',
    uuid: scan.uuid,
    name: scan.name,
    description: scan.description,
    policy_id: scan.id - 1,
    scanner_uuid: '00000000-0000-0000-0000-00000000000000000000000000001',
    emails: null,
    sms: '',
    enabled: false,
    include_aggregate: true,
    custom_targets: targets,
    remediation: 1,
    user_permissions: 128,
    default_permissions: 0,
    owner: 'tieline@enterprise.example',
    owner_id: 3,
    last_modification_date: seconds(scan.created),
    creation_date: seconds(scan.created),
    type: 'public',
    id: scan.id,
  };
}

/** @param role of the caller: Basic is 16, Scan Operator 24, Standard 32 */
export function remediationScanRoutes(scans: RemediationScans, role: () => number): Route[] {
  const allowed =
    (least: number, act: (request: SimRequest) => SimResponse) =>
    (request: SimRequest): SimResponse =>
      role() >= least
        ? act(request)
        : tenableError(403, 'Forbidden', `You need the role ${least} to perform this request`);
  const withScan = (act: (scan: RemediationScan, request: SimRequest) => SimResponse) =>
    allowed(24, (sent) => {
      const scan = scans.find(sent.params['id'] ?? '');
      return scan ? act(scan, sent) : { status: 404, json: { error: 'Scan not found' } };
    });
  const scanPath = '/scans/:id';
  return [
    {
      method: 'GET',
      path: '/editor/remediation/templates',
      handle: allowed(32, () => ({ status: 200, json: { templates: templates.map(templateJson) } })),
    },
    {
      method: 'POST',
      path: '/scans/remediation',
      handle: allowed(24, (sent) => createScan(scans, role(), sent)),
    },
    {
      method: 'GET',
      path: '/scans/remediation',
      handle: allowed(16, (sent) => listScans(scans, sent)),
    },
    {
      method: 'POST',
      path: `${scanPath}/launch`,
      handle: withScan((scan, sent) => launchScan(scans, scan, sent)),
    },
    {
      method: 'GET',
      path: `${scanPath}/latest-status`,
      handle: withScan((scan) => ({ status: 200, json: { status: statusOf(scan) } })),
    },
    { method: 'GET', path: `${scanPath}/history`, handle: withScan(historyOf) },
  ];
}

const templateJson = (template: (typeof templates)[number]): Record<string, unknown> => ({
  unsupported: false,
  cloud_only: false,
  desc: template.title,
  subscription_only: false,
  is_was: null,
  manager_only: false,
  ...template,
});

function createScan(scans: RemediationScans, role: number, sent: SimRequest): SimResponse {
  const asked = request.safeParse(sent.json);
  if (!asked.success) {
    const [issue] = asked.error.issues;
    return tenableError(400, 'Bad Request', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { uuid, settings, enabled_plugins: plugins } = asked.data;
  if (!templates.some((each) => each.uuid === uuid))
    return tenableError(400, 'Bad Request', 'User-defined templates are invalid for remediation scans');
  if (role < 32 && settings.policy_id === undefined)
    return tenableError(400, 'Bad Request', 'settings.policy_id is required for the role Scan Operator');
  if (settings.scanner_id === 'AUTO-ROUTED' && settings.target_network_uuid === undefined)
    return tenableError(400, 'Bad Request', 'settings.target_network_uuid is required for AUTO-ROUTED');
  const scan = scans.create({
    template: uuid,
    name: settings.name,
    description: settings.description ?? '',
    targets: settings.text_targets.split(',').map((target) => target.trim()),
    plugins,
  });
  return scan
    ? { status: 200, json: { scan: created(scan, settings.text_targets) } }
    : tenableError(403, 'Forbidden', 'You have reached the limit of scans. Delete scans, or re-use them');
}

function listScans(scans: RemediationScans, { query }: SimRequest): SimResponse {
  const limit = Number(query.get('limit') ?? 50);
  const offset = Number(query.get('offset') ?? 0);
  const sort = query.get('sort') ?? 'scan_creation_date:desc';
  if (!Number.isInteger(limit) || limit < 1 || limit > 200 || !Number.isInteger(offset) || offset < 0)
    return tenableError(400, 'Bad Request', 'limit must be from 1 to 200, offset 0 or more');
  if (!sorts.includes(sort))
    return tenableError(400, 'Bad Request', `sort must be one of ${sorts.join(', ')}`);
  const all = sort.endsWith(':asc') ? scans.list() : scans.list().toReversed();
  return {
    status: 200,
    json: {
      scans: all.slice(offset, offset + limit).map((scan) => listed(scan)),
      pagination: {
        offset,
        total: all.length,
        limit,
        sort: [{ name: 'scan_creation_date', order: sort.split(':')[1]?.toUpperCase() }],
      },
    },
  };
}

function launchScan(scans: RemediationScans, scan: RemediationScan, { json }: SimRequest): SimResponse {
  if (json === undefined) return tenableError(400, 'Bad Request', 'The body must be a JSON object');
  const run = scans.launch(scan);
  if (run === 'too many') return tooManyRequests({});
  // Not in the vendor's document, which knows 403, 404 and 429: a run at a time is all that a scan has.
  if (run === 'active already') return tenableError(409, 'Conflict', 'The scan is active already');
  return { status: 200, json: { scan_uuid: run.uuid } };
}

function historyOf(scan: RemediationScan, { query }: SimRequest): SimResponse {
  if (!['true', 'false'].includes(query.get('exclude_rollover') ?? ''))
    return tenableError(400, 'Bad Request', 'exclude_rollover is required');
  const limit = Number(query.get('limit') ?? 50);
  return {
    status: 200,
    json: {
      pagination: {
        offset: 0,
        total: scan.runs.length,
        limit,
        sort: [{ name: 'start_date', order: 'DESC' }],
      },
      history: scan.runs.slice(0, limit).map((run) => ({
        ...(run.ended ? { time_end: seconds(run.ended) } : {}),
        scan_uuid: run.uuid,
        id: run.id,
        is_archived: false,
        time_start: seconds(run.started),
        visibility: 'private',
        targets: { custom: false, default: null },
        status: run.status,
      })),
    },
  };
}
