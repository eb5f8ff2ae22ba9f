/**
 * Recast and accept rules as acceptances, in both directions (decision 0020). Only rules for hosts. The API has
 * no idempotency key: ours is at the end of the rule's description, where `find` looks for it.
 */
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, throwIfAborted } from '../../../platform/values/index.ts';
import {
  type Change,
  type ExternalRecord,
  type FindKey,
  PageWalk,
  type ReadEvent,
  type ReadOptions,
  type WriteResult,
} from '../../kit/index.ts';
import { readRefusal, requestMayHaveArrived } from '../../../platform/http/index.ts';
import { composeRule, ruleReading, type RuleFault } from './recast-rule-shape.ts';
import type { TenableSettings } from '../settings.ts';
import { readAnswer, tenableRefusal, type TenableApi, type TenableRequest } from '../session.ts';

const rule = z.looseObject({
  rule_id: z.string(),
  resource_type: z.string().optional(),
  description: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
});
type Rule = z.output<typeof rule>;
const page = z.object({
  rules: z.array(rule).default([]),
  pagination: z.object({ next: z.string().nullish(), total: z.number().nullish() }).optional(),
});

const searchPath = '/v1/recast/rules/search';
const openWalk = (): PageWalk => new PageWalk(`POST ${searchPath}`);

export interface Access {
  readonly api: TenableApi;
  readonly settings: TenableSettings;
}

const markerOf = (key: string): string => `[tieline:${key}]`;
const marker = /\s*\[tieline:[^\]]+\]\s*$/;

function toRecord(found: Rule): ExternalRecord {
  const at = found.updated_at ?? found.created_at ?? undefined;
  // What the server does with the rule from time to time is not a change of it.
  const { last_processed_at: _processed, ...kept } = found;
  const raw = kept as JsonObject; // parsed JSON, held loosely
  return {
    externalId: found.rule_id,
    ...(at === undefined ? {} : { version: at, changed: { at } }),
    raw: {
      ...raw,
      description: (found.description ?? '').replace(marker, ''),
      rule: ruleReading(raw),
    },
  };
}

/** @returns undefined where the account may not see rules. */
async function fetchPage(
  { api, settings }: Access,
  next: string | undefined,
  signal: AbortSignal,
): Promise<z.output<typeof page> | undefined> {
  const limit = settings.rules_per_page;
  const json: Json = { resource_type: ['HOST'], limit, ...(next === undefined ? {} : { next }) };
  const request: TenableRequest = { method: 'POST', path: searchPath, json, signal };
  const response = await api.send(request);
  if (response.status === 403) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return await readAnswer(request, response, page);
}

/** Whether the account may see rules. */
export async function canSeeRules(access: Access, signal: AbortSignal): Promise<boolean> {
  return (await fetchPage(access, undefined, signal)) !== undefined;
}

/**
 * Reads all rules for hosts. There is no filter by time, so every read is a full one; rules are few. An account without the right
 * to see them reads nothing, and nothing is concluded from that: `check` says so.
 */
export async function* readAcceptances(
  access: Access,
  now: () => Date,
  options: ReadOptions,
): AsyncGenerator<ReadEvent, void, undefined> {
  const { position, signal } = options;
  const startedAt = now().toISOString();
  const from = isJsonObject(position) ? position['next'] : undefined;
  // Null: the last page was stored, and only the end was not seen.
  let next = typeof from === 'string' ? from : from === null ? null : undefined;
  const walk = openWalk();
  for (let done = 1; next !== null; done += 1) {
    throwIfAborted(signal);
    const found = await fetchPage(access, next, signal);
    if (!found) return;
    const at: string | undefined = next;
    next = found.pagination?.next ?? null;
    walk.note({ at, next: next ?? undefined, ids: found.rules.map((each) => each.rule_id) });
    const records = found.rules
      .filter((each) => (each.resource_type ?? 'HOST') === 'HOST')
      .map((each) => toRecord(each));
    yield { type: 'page', records: streamOf(records), position: { next }, progress: { done, unit: 'pages' } };
  }
  yield { type: 'end', mark: startedAt };
}

async function* streamOf(records: readonly ExternalRecord[]): AsyncGenerator<ExternalRecord> {
  yield* records;
}

export async function findAcceptance(
  access: Access,
  key: FindKey,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  if (key.by === 'id') return await fetchRule(access.api, key.externalId, signal);
  const walk = openWalk();
  let next: string | undefined;
  do {
    const at: string | undefined = next;
    const found = await fetchPage(access, at, signal);
    const match = found?.rules.find((each) => each.description?.includes(markerOf(key.idempotencyKey)));
    if (match) return toRecord(match);
    next = found?.pagination?.next ?? undefined;
    walk.note({ at, next, ids: (found?.rules ?? []).map((each) => each.rule_id) });
  } while (next !== undefined);
  return undefined;
}

const pathOf = (id: string): string => `/v1/recast/rules/${encodeURIComponent(id)}`;

async function fetchRule(
  api: TenableApi,
  id: string,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const request: TenableRequest = { method: 'GET', path: pathOf(id), signal };
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return toRecord(await readAnswer(request, response, rule));
}

const rejected = (fields: readonly RuleFault[]): WriteResult => ({
  outcome: 'rejected',
  message: 'The acceptance cannot be a rule of Tenable; nothing was sent.',
  fields,
});

/**
 * Makes or changes a rule; fields in the spelling of `acceptanceMappings`. To withdraw one disables it, so that Tenable keeps who
 * made it and when.
 */
export async function writeAcceptance(
  access: Access,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  try {
    return change.kind === 'create'
      ? await create(access, change, signal)
      : await update(access, change, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof TielineError) || !error.entry.retryable) throw error;
    if (!requestMayHaveArrived(error)) throw error;
    return { outcome: 'unknown', message: error.message };
  }
}

async function create(access: Access, change: Change, signal: AbortSignal): Promise<WriteResult> {
  const composed = composeRule(change.fields, undefined);
  if (!composed.ok) return rejected(composed.faults);
  const json = { ...composed.request, description: markerOf(change.idempotencyKey) };
  return await sendRule(access, { method: 'POST', path: '/v1/recast/rules', json, signal }, change);
}

async function update(access: Access, change: Change, signal: AbortSignal): Promise<WriteResult> {
  const { api } = access;
  const id = change.externalId ?? '';
  const request: TenableRequest = { method: 'GET', path: pathOf(id), signal };
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return { outcome: 'missing', message: `Tenable has no rule ${id} any more.` };
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  const present = await readAnswer(request, response, rule);
  const current = toRecord(present);
  if (change.version !== undefined && change.version !== current.version)
    return { outcome: 'conflict', message: 'The rule was changed in Tenable meanwhile.', current };
  // A PUT takes a whole rule: what is not to change is sent as it is.
  const composed = composeRule(change.fields, present as JsonObject); // parsed JSON, held loosely
  if (!composed.ok) return rejected(composed.faults);
  return await sendRule(access, { method: 'PUT', path: pathOf(id), json: composed.request, signal }, change);
}

async function sendRule(
  access: Access,
  request: TenableRequest & { readonly signal: AbortSignal },
  change: Change,
): Promise<WriteResult> {
  const response = await access.api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return { outcome: 'missing', message: 'Tenable does not have the rule any more.' };
  }
  if (response.status === 400) {
    const said = await readRefusal(response);
    // An attempt of ours that seemed lost was first: a second rule of the same content is refused.
    const key = { by: 'idempotency-key', idempotencyKey: change.idempotencyKey } as const;
    const own = change.kind === 'create' ? await findAcceptance(access, key, request.signal) : undefined;
    if (own) return { outcome: 'confirmed', record: own };
    const message = said === '' ? 'Tenable refused the rule (400)' : said;
    return { outcome: 'rejected', message, fields: [{ field: 'rule', message }] };
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return { outcome: 'confirmed', record: toRecord(await readAnswer(request, response, rule)) };
}
