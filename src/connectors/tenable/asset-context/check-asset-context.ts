/** What `tieline connections check` says about custom attributes and the criticality rating, where a mapping asks for them. */
import { messageOf } from '../../../platform/errors/index.ts';
import type { CheckResult, ConnectorContext } from '../../kit/index.ts';
import { listDefinitions, mappedAttributes, mostAttributes } from '../endpoints/asset-attributes.ts';
import { acrRights, mapsAcr } from '../endpoints/asset-criticality.ts';
import type { TenableSettings } from '../settings.ts';
import { sameText } from '../endpoints/asset-tags.ts';
import type { TenableApi } from '../session.ts';

const administrator = 64;
const scanOperator = 24;

/** @param role the role number of the account, undefined if the server does not report it. */
export async function* checkAssetContext(
  api: TenableApi,
  { mappings = [] }: ConnectorContext<TenableSettings>,
  role: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<CheckResult, void, undefined> {
  const names = mappedAttributes(mappings);
  if (names.length > 0) yield await checkAttributes(api, names, role, signal);
  if (mapsAcr(mappings)) yield ofAcr(role);
}

async function checkAttributes(
  api: TenableApi,
  names: readonly string[],
  role: number | undefined,
  signal: AbortSignal,
): Promise<CheckResult> {
  const base = { check: 'custom attributes', kind: 'permission' } as const;
  const remedy = 'Give the account the role Basic [16] or higher.';
  try {
    const listed = await listDefinitions(api, signal);
    if ('status' in listed)
      return { ...base, status: 'failed', detail: `They may not be seen: ${listed.said}`, remedy };
    const { defined } = listed;
    const missing = names.filter((name) => !defined.some((each) => sameText(each.name, name)));
    if (missing.length === 0) return { ...base, status: 'ok', detail: 'Allowed; all are defined.' };
    if (defined.length + missing.length > mostAttributes)
      return {
        ...base,
        status: 'failed',
        detail: `Not defined: ${missing.join(', ')}; Tenable takes ${mostAttributes}, and has ${defined.map((each) => each.name).join(', ')}.`,
        remedy: 'Delete one of them in Tenable, or map the field to one of them.',
      };
    return role !== undefined && role >= administrator
      ? {
          ...base,
          status: 'ok',
          detail: `Allowed; to be defined with the first value: ${missing.join(', ')}.`,
        }
      : {
          ...base,
          status: role === undefined ? 'warning' : 'failed',
          detail: `Not defined: ${missing.join(', ')}; defining takes the role Administrator [${administrator}]${role === undefined ? '' : `, the account has ${role}`}.`,
          remedy: 'Let an administrator define them in Tenable (Settings, Custom Attributes).',
        };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...base, status: 'failed', detail: messageOf(error), remedy };
  }
}

/** Whether the licence has Lumin cannot be seen without overwriting a rating. */
function ofAcr(role: number | undefined): CheckResult {
  const base = { check: 'criticality rating', kind: 'permission' } as const;
  const remedy = `Note that ${acrRights}`;
  if (role !== undefined && role < scanOperator)
    return { ...base, status: 'failed', detail: `The account has the role ${role}.`, remedy };
  // No warning: it would be permanent, and a worker's check would call the system degraded.
  if (role !== undefined)
    return {
      ...base,
      status: 'ok',
      detail: `Allowed (role ${role}); whether the licence has Lumin shows at the first one.`,
    };
  return {
    ...base,
    status: 'warning',
    detail: 'Whether a rating may be overwritten shows at the first one.',
    remedy,
  };
}
