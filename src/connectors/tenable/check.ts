/** What `tieline connections check` asks of a Tenable VM. Nothing here changes anything there. */
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import type { CheckResult, ConnectorContext } from '../kit/index.ts';
import { readRefusal } from '../../platform/http/index.ts';
import { checkAssetContext } from './asset-context/check-asset-context.ts';
import { canSeeRules } from './endpoints/recast-rules.ts';
import { canSeeScans } from './endpoints/remediation-scans.ts';
import type { TenableSettings } from './settings.ts';
import type { TenableApi } from './session.ts';
import { findRole, sendServerStatus } from './endpoints/server.ts';

const skewWarningMs = 120_000;
const scanManager = 40;
const scanOperator = 24;

/** Rights of the account, each with a request that shows it without changing anything. */
const permissions = [
  { check: 'export assets', path: '/assets/export/status' },
  { check: 'export vulnerabilities', path: '/vulns/export/status' },
] as const;

function failed(check: string, kind: CheckResult['kind'], error: unknown): CheckResult {
  const remedy = error instanceof TielineError ? error.remedy : 'Check the address of this system.';
  return { check, kind, status: 'failed', detail: messageOf(error), remedy };
}

/** Yields one result per question: reach, TLS, clock, sign-in, each permission. Stops after what makes the rest moot. */
export async function* checkTenable(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  signal: AbortSignal,
): AsyncGenerator<CheckResult, void, undefined> {
  const reached = await reach(api, context, signal);
  yield* reached.results;
  if (!reached.ok) return;

  // Cheap, and needs the lowest role.
  const signIn = await ask(api, '/tags/categories', signal, { limit: 1 });
  if (signIn.status === undefined || signIn.status === 401 || signIn.status >= 500) {
    yield {
      check: 'sign-in',
      kind: 'authentication',
      status: 'failed',
      detail: signIn.detail,
      remedy:
        'Generate a new pair of API keys for the account in Tenable (My Account, API Keys) and enter both here.',
    };
    return;
  }
  yield { check: 'sign-in', kind: 'authentication', status: 'ok', detail: 'The API keys were accepted.' };

  for (const { check, path } of permissions) {
    const answer = await ask(api, path, signal);
    yield answer.status !== undefined && answer.status < 300
      ? { check, kind: 'permission', status: 'ok', detail: 'Allowed.' }
      : {
          check,
          kind: 'permission',
          status: 'failed',
          detail: answer.detail,
          remedy: 'Give the account the role Basic [16] (or VM_EXPLORE.EXPORT) and "Can View" on all assets.',
        };
  }
  const role = await findRole(api, signal);
  yield checkTags(role, signIn);
  yield await checkRules(api, context.settings, signal);
  yield await checkScans(api, context.settings, role, signal);
  yield* checkAssetContext(api, context, role, signal);
}

async function reach(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  signal: AbortSignal,
): Promise<{ ok: boolean; results: CheckResult[] }> {
  const results: CheckResult[] = [];
  try {
    const response = await sendServerStatus(api, signal);
    await response.text();
    const at = api.origin === undefined ? '' : ` at ${api.origin}`;
    results.push(
      { check: 'reach', kind: 'connectivity', status: 'ok', detail: `The server${at} answers.` },
      tls(api.origin),
    );
    const server = Date.parse(response.headers['date'] ?? '');
    results.push(clock(server, context.now().getTime()));
    return { ok: true, results };
  } catch (error) {
    if (signal.aborted) throw error;
    const isTls = /certificate|TLS/.test(messageOf(error));
    return { ok: false, results: [failed(isTls ? 'TLS' : 'reach', 'connectivity', error)] };
  }
}

function tls(origin: string | undefined): CheckResult {
  const base = { check: 'TLS', kind: 'connectivity' } as const;
  if (origin === undefined || origin.startsWith('https:'))
    return { ...base, status: 'ok', detail: 'The certificate is trusted.' };
  const host = new URL(origin).hostname;
  if (host === 'localhost' || host === '[::1]' || host.startsWith('127.'))
    return { ...base, status: 'ok', detail: 'Not needed: the server is on this machine.' };
  return {
    ...base,
    status: 'warning',
    detail: 'The connection is not encrypted; the API keys travel in the clear.',
    remedy: 'Give this system an address that begins with https://.',
  };
}

function clock(server: number, own: number): CheckResult {
  const base = { check: 'clock', kind: 'clock' } as const;
  if (Number.isNaN(server))
    return {
      ...base,
      status: 'warning',
      detail: 'The server does not tell its time.',
      remedy: 'Nothing to do; reads then go by the clock of this machine.',
    };
  const seconds = Math.round((own - server) / 1000);
  if (Math.abs(own - server) < skewWarningMs)
    return { ...base, status: 'ok', detail: `The clocks differ by ${Math.abs(seconds)} s.` };
  return {
    ...base,
    status: 'warning',
    detail: `The clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the server's.`,
    remedy:
      'Set up time synchronization (NTP). Nothing is lost meanwhile: reads go by the clock of the server.',
  };
}

interface Asked {
  /** undefined: no answer. */
  readonly status: number | undefined;
  readonly detail: string;
}

async function ask(
  api: TenableApi,
  path: string,
  signal: AbortSignal,
  query: Record<string, number> = {},
): Promise<Asked> {
  try {
    const response = await api.send({ method: 'GET', path, query, signal });
    if (response.status < 300) {
      response.body.destroy();
      return { status: response.status, detail: '' };
    }
    const said = await readRefusal(response);
    return {
      status: response.status,
      detail: `GET ${path} was answered with ${response.status}${said === '' ? '' : `: ${said}`}`,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status: undefined, detail: messageOf(error) };
  }
}

/** A right that not every installation needs: without it acceptances stay unknown, and all else works. */
async function checkRules(
  api: TenableApi,
  settings: TenableSettings,
  signal: AbortSignal,
): Promise<CheckResult> {
  const base = { check: 'recast rules', kind: 'permission' } as const;
  const remedy =
    'If acceptances are to be synced, give the account the role Administrator [64] or the privileges VM.VM_RECAST.*.';
  try {
    if (await canSeeRules({ api, settings }, signal)) return { ...base, status: 'ok', detail: 'Allowed.' };
    return { ...base, status: 'warning', detail: 'Not allowed: acceptances are left out.', remedy };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...base, status: 'warning', detail: messageOf(error), remedy };
  }
}

/** Like rules, scans are not needed by every installation. Whether one may be launched shows in reading only in part. */
async function checkScans(
  api: TenableApi,
  settings: TenableSettings,
  role: number | undefined,
  signal: AbortSignal,
): Promise<CheckResult> {
  const base = { check: 'remediation scans', kind: 'permission' } as const;
  const remedy =
    'If patches are to be verified by `tieline scans launch`, give the account the role Standard [32], or Scan Operator [24] with the settings scan_template and scan_policy.';
  try {
    const isAllowed = await canSeeScans({ api, settings }, signal);
    if (!isAllowed || (role !== undefined && role < scanOperator))
      return { ...base, status: 'warning', detail: 'Not allowed: no scan can be launched.', remedy };
    return role === undefined
      ? {
          ...base,
          status: 'warning',
          detail: 'Scans can be seen; whether they may be launched shows at the first one.',
          remedy,
        }
      : { ...base, status: 'ok', detail: `Allowed (role ${role}).` };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...base, status: 'warning', detail: messageOf(error), remedy };
  }
}

/** Whether tags may be made cannot be seen without making one; the account's role decides, where GET /session exists. */
function checkTags(role: number | undefined, listing: Asked): CheckResult {
  const base = { check: 'tags', kind: 'permission' } as const;
  const remedy = 'Give the account the role Scan Manager [40] and the right to edit tags.';
  if (listing.status === undefined || listing.status >= 300)
    return { ...base, status: 'failed', detail: listing.detail, remedy };
  if (role === undefined)
    return {
      ...base,
      status: 'warning',
      detail: 'Tags can be read; whether they may be made shows at the first one.',
      remedy,
    };
  if (role < scanManager)
    return {
      ...base,
      status: 'failed',
      detail: `The account's role is ${role}; making tags takes ${scanManager}.`,
      remedy,
    };
  return { ...base, status: 'ok', detail: `Allowed (role ${role}).` };
}
