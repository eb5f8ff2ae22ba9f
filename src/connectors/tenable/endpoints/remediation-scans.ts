/**
 * Remediation scans: POST /scans/remediation makes one, POST /scans/{id}/launch begins it. The API has no idempotency key, and the
 * list of scans shows no description: ours is at the end of the scan's name, where `find` looks for it.
 *
 * Whether a scan was launched is shown by its history, not by its status alone: `empty` stands for "never run" and for "about to
 * run" alike (the vendor's page on scan status).
 */
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import {
  PageWalk,
  type ScanPhase,
  type ScanRequest,
  type ScanStatus,
  type ScanWriteResult,
  type VerificationScans,
} from '../../kit/index.ts';
import { type HttpResponse, readRefusal, requestMayHaveArrived } from '../../../platform/http/index.ts';
import type { TenableSettings } from '../settings.ts';
import { readAnswer, tenableRefusal, type TenableApi, type TenableRequest } from '../session.ts';

interface Access {
  readonly api: TenableApi;
  readonly settings: TenableSettings;
}

const template = z.looseObject({
  uuid: z.string(),
  name: z.string().nullish(),
  is_agent: z.boolean().nullish(),
  is_was: z.boolean().nullish(),
  unsupported: z.boolean().nullish(),
});
/** A list in the vendor's schema, an object around it in the vendor's example and in pyTenable. */
const templates = z.union([
  z.array(template),
  z.object({ templates: z.array(template) }).transform((answer) => answer.templates),
]);
const listed = z.object({ id: z.union([z.number(), z.string()]), name: z.string().nullish() });
const page = z.object({
  scans: z.array(listed).nullish(),
  pagination: z.object({ total: z.number() }).optional(),
});
const created = z.object({ scan: z.looseObject({ id: z.union([z.number(), z.string()]) }) });
const latest = z.object({ status: z.string() });
const history = z.object({
  history: z
    .array(z.looseObject({ time_start: z.number().nullish(), time_end: z.number().nullish() }))
    .nullish(),
});

const markerOf = (key: string): string => `[tieline:${key}]`;
/** The most that a list may hold of one page (the vendor's OpenAPI). */
const pageSize = 200;

/** The vendor's words; one that is not known is taken for work in progress, and asked for again. */
const phases: Readonly<Record<string, ScanPhase>> = {
  empty: 'new',
  pending: 'pending',
  initializing: 'pending',
  completed: 'completed',
  imported: 'completed',
  aborted: 'aborted',
  canceled: 'stopped',
  stopped: 'stopped',
};

const remedies = {
  template: 'Give the account the role Standard [32], or name the template: the setting scan_template.',
  create:
    'Give the account the role Scan Operator [24] with the setting scan_policy, or Standard [32]; if Tenable holds 10,000 scans, delete some there. Then ask for the scan again.',
  values:
    'Correct what Tenable names (settings scan_* of this system, or the targets), then ask for the scan again.',
  launch:
    'Give the account the right "Can Execute" [32] on the scan, and see in Tenable that it is not disabled.',
} as const;

async function fetchTemplate({ api, settings }: Access, signal: AbortSignal): Promise<string | undefined> {
  if (settings.scan_template !== undefined) return settings.scan_template;
  const found = await api.fetch({ method: 'GET', path: '/editor/remediation/templates', signal }, templates);
  const usable = found.filter((each) => !each.is_agent && !each.is_was && !each.unsupported);
  return (usable.find((each) => each.name === 'advanced') ?? usable[0])?.uuid;
}

/** `CATEGORY/TYPE/UUID` of each as the vendor's body has them. */
function credentialsOf(named: readonly string[]): JsonObject {
  const add: Record<string, Record<string, { id: string }[]>> = {};
  for (const each of named) {
    const [category = '', type = '', id = ''] = each.split('/');
    ((add[category] ??= {})[type] ??= []).push({ id });
  }
  return { add };
}

function bodyOf(settings: TenableSettings, uuid: string, request: ScanRequest): JsonObject {
  const { scan_scanner: scanner, scan_network: network, scan_policy: policy } = settings;
  return {
    uuid,
    settings: {
      name: `${request.name} ${markerOf(request.idempotencyKey)}`,
      description: request.description,
      text_targets: request.targets.join(','),
      ...(scanner === undefined ? {} : { scanner_id: scanner }),
      ...(scanner === 'AUTO-ROUTED'
        ? { target_network_uuid: network ?? '00000000-0000-0000-0000-000000000000' }
        : {}),
      // A number in all that the server answers, a text in what it takes (the vendor's OpenAPI).
      ...(policy === undefined ? {} : { policy_id: String(policy) }),
    },
    enabled_plugins: [...request.pluginIds],
    ...(settings.scan_credentials === undefined
      ? {}
      : { credentials: credentialsOf(settings.scan_credentials) }),
  };
}

const rejected = (
  field: string,
  message: string,
  remedy: string,
): Extract<ScanWriteResult, { outcome: 'rejected' }> => ({
  outcome: 'rejected',
  message,
  remedy,
  fields: [{ field, message }],
});

/** Sends once. An answer of 5xx, or none, says nothing of whether it happened. */
async function sendOnce(
  api: TenableApi,
  request: Omit<TenableRequest, 'retry'> & { readonly signal: AbortSignal },
  read: (response: HttpResponse) => Promise<ScanWriteResult>,
): Promise<ScanWriteResult> {
  try {
    const response = await api.send({ ...request, retry: 'never' });
    if (response.status >= 500) {
      const said = await readRefusal(response);
      const message = `${request.method} ${request.path} was answered with ${response.status}${said === '' ? '' : `: ${said}`}`;
      return { outcome: 'unknown', message };
    }
    return await read(response);
  } catch (error) {
    if (request.signal.aborted || !(error instanceof TielineError) || !error.entry.retryable) throw error;
    if (!requestMayHaveArrived(error)) throw error;
    return { outcome: 'unknown', message: error.message };
  }
}

async function create(access: Access, request: ScanRequest, signal: AbortSignal): Promise<ScanWriteResult> {
  let uuid: string | undefined;
  try {
    uuid = await fetchTemplate(access, signal);
  } catch (error) {
    if (!(error instanceof TielineError) || error.code !== 'REMOTE_FORBIDDEN') throw error;
    return rejected('template', error.message, remedies.template);
  }
  if (uuid === undefined)
    return rejected('template', 'Tenable lists no template for remediation scans.', remedies.template);
  const asked = { method: 'POST', path: '/scans/remediation', signal } as const;
  return await sendOnce(
    access.api,
    { ...asked, json: bodyOf(access.settings, uuid, request) },
    async (response) => {
      if (response.status === 400 || response.status === 403 || response.status === 409) {
        const said = (await readRefusal(response)) || `Tenable refused the scan (${response.status})`;
        return rejected('scan', said, response.status === 403 ? remedies.create : remedies.values);
      }
      if (response.status >= 300) throw await tenableRefusal(asked, response);
      const { scan } = await readAnswer(asked, response, created);
      return { outcome: 'confirmed', externalId: String(scan.id) };
    },
  );
}

const pathOf = (id: string, what: string): string => `/scans/${encodeURIComponent(id)}/${what}`;

async function launch({ api }: Access, externalId: string, signal: AbortSignal): Promise<ScanWriteResult> {
  const asked = { method: 'POST', path: pathOf(externalId, 'launch'), signal } as const;
  return await sendOnce(api, { ...asked, json: {} }, async (response) => {
    if (response.status === 404) {
      response.body.destroy();
      return { outcome: 'missing', message: `Tenable has no scan ${externalId} any more.` };
    }
    // It runs already: an attempt of ours that seemed lost was first.
    if (response.status === 409) {
      response.body.destroy();
      return { outcome: 'confirmed', externalId };
    }
    if (response.status === 400 || response.status === 403) {
      const said = (await readRefusal(response)) || `Tenable refused to launch the scan (${response.status})`;
      return rejected('launch', said, remedies.launch);
    }
    if (response.status >= 300) throw await tenableRefusal(asked, response);
    response.body.destroy();
    return { outcome: 'confirmed', externalId };
  });
}

async function find(
  { api }: Access,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<{ externalId: string } | undefined> {
  const walk = new PageWalk('GET /scans/remediation');
  for (let offset = 0; ; offset += pageSize) {
    // Oldest first: what somebody makes meanwhile comes at the end, and moves nothing to a page that was read already.
    const query = { limit: pageSize, offset, sort: 'scan_creation_date:asc' };
    const found = await api.fetch({ method: 'GET', path: '/scans/remediation', query, signal }, page);
    const scans = found.scans ?? [];
    const match = scans.find((each) => each.name?.includes(markerOf(idempotencyKey)));
    if (match) return { externalId: String(match.id) };
    if (scans.length === 0 || offset + scans.length >= (found.pagination?.total ?? 0)) return undefined;
    walk.note({ next: String(offset + pageSize), ids: scans.map((each) => String(each.id)) });
  }
}

/** undefined: 404. */
async function fetchUnlessGone<T>(
  api: TenableApi,
  request: TenableRequest,
  shape: z.ZodType<T>,
): Promise<T | undefined> {
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return await readAnswer(request, response, shape);
}

const instant = (seconds: number | null | undefined): Date | undefined =>
  seconds ? new Date(seconds * 1000) : undefined;

async function fetchStatus(
  { api }: Access,
  externalId: string,
  signal: AbortSignal,
): Promise<ScanStatus | undefined> {
  const now = await fetchUnlessGone(
    api,
    { method: 'GET', path: pathOf(externalId, 'latest-status'), signal },
    latest,
  );
  if (!now) return undefined;
  const query = { limit: 1, sort: 'start_date:desc', exclude_rollover: 'false' };
  const runs = await fetchUnlessGone(
    api,
    { method: 'GET', path: pathOf(externalId, 'history'), query, signal },
    history,
  );
  const run = runs?.history?.[0];
  const phase = phases[now.status] ?? 'running';
  const startedAt = instant(run?.time_start);
  const endedAt = instant(run?.time_end);
  return {
    phase: phase === 'new' && run ? 'pending' : phase,
    said: now.status,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/** The capability of the connector; nothing is asked of the server before it is used. */
export function remediationScans(access: Access): VerificationScans {
  return {
    create: (request, signal) => create(access, request, signal),
    launch: (externalId, signal) => launch(access, externalId, signal),
    find: (key, signal) => find(access, key, signal),
    status: (externalId, signal) => fetchStatus(access, externalId, signal),
  };
}

/** What the account may do about launching scans, as far as reading shows it: the list, and the templates unless one is named. */
export async function canSeeScans({ api, settings }: Access, signal: AbortSignal): Promise<boolean> {
  const isSeen = async (path: string): Promise<boolean> => {
    const request: TenableRequest = { method: 'GET', path, signal };
    const response = await api.send(request);
    if (response.status !== 403 && response.status >= 300) throw await tenableRefusal(request, response);
    response.body.destroy();
    return response.status < 300;
  };
  if (!(await isSeen('/scans/remediation'))) return false;
  return settings.scan_template !== undefined || (await isSeen('/editor/remediation/templates'));
}
