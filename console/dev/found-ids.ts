/** The records that pages are looked at with: what the server at hand has, asked of its own API. */
import type { APIRequestContext } from 'playwright-core';

export interface FoundIds {
  readonly poam: string;
  readonly system: string;
  readonly asset: string;
  readonly finding: string;
  readonly plugin: string;
  readonly conflict: string;
  readonly approval: string;
  /** Of one that asks for a decision, not for changes to be sent. */
  readonly request: string;
  readonly operation: string;
  readonly outbox: string;
  readonly match: string;
  readonly import: string;
  readonly poamFile: string;
  readonly plan: string;
}

const asked = {
  poam: ['/poams?agreement=agreed&open=yes&findings=open', 'poamId'],
  system: ['/systems', 'systemId'],
  asset: ['/assets?sort=-critical', 'assetUuid'],
  finding: ['/findings?severity=critical&state=open&system=!none', 'key'],
  plugin: ['/findings?severity=critical&state=open&system=!none', 'pluginId'],
  conflict: ['/conflicts', 'id'],
  approval: ['/approvals?kind=changes', 'approvalId'],
  request: ['/approvals?kind=!changes', 'approvalId'],
  operation: ['/operations?type=sync&sort=started&status=!failed', 'operationId'],
  outbox: ['/outbox?state=failed', 'id'],
  match: ['/matches', 'id'],
  import: ['/imports', 'id'],
  poamFile: ['/poam-imports', 'id'],
  plan: ['/plans', 'planId'],
} as const satisfies Record<keyof FoundIds, readonly [string, string]>;

/** @param request of somebody who sees everything. @returns `none` for what there is none of: its page then says so. */
export async function findIds(address: string, request: APIRequestContext): Promise<FoundIds> {
  const found: Record<string, string> = {};
  for (const [name, [path, field]] of Object.entries(asked)) {
    const answer = await request.get(`${address}/api/v1${path}`, { headers: { 'X-Tieline': '1' } });
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
    const { items } = (await answer.json()) as { items: Record<string, unknown>[] };
    const value = items[0]?.[field];
    found[name] = typeof value === 'string' || typeof value === 'number' ? String(value) : 'none';
  }
  return found as unknown as FoundIds; // one for each name that is asked
}
