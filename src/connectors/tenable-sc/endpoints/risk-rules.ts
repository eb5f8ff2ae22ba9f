/**
 * Accept and recast rules as acceptances, in both directions. A rule cannot be changed: it is recreated and the old one deleted, so its
 * id changes. There is no key of ours either: it is at the end of the comment, where `find` looks for it.
 */
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import { type Json, type JsonObject, scalarText, throwIfAborted } from '../../../platform/values/index.ts';
import type {
  Change,
  ExternalRecord,
  FindKey,
  ReadEvent,
  ReadOptions,
  WriteResult,
} from '../../kit/index.ts';
import { requestMayHaveArrived } from '../../../platform/http/index.ts';
import { fetchRepositories, type Reading } from './repositories.ts';
import { instantOf } from '../rows.ts';
import { scRefused, type ScRequest } from '../session.ts';

export const kinds = ['accept', 'recast'] as const;
type Kind = (typeof kinds)[number];
const severities = ['Info', 'Low', 'Medium', 'High', 'Critical'] as const;
const protocols: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp' };
const notFound = 147;

const id = z.looseObject({ id: z.coerce.string() });
const rule = z.looseObject({
  id: z.coerce.string(),
  hostType: z.string().default('all'),
  hostValue: z.union([z.string(), id.transform((value) => value.id)]).nullish(),
  port: z.coerce.string().default('any'),
  protocol: z.coerce.string().default('any'),
  comments: z.string().nullish(),
  expires: z.coerce.string().default('-1'),
  plugin: id,
  repository: id.nullish(),
  newSeverity: z.union([id, z.coerce.string().transform((text) => ({ id: text }))]).nullish(),
  modifiedTime: z.coerce.string().nullish(),
});
export type Rule = z.output<typeof rule>;

const markerOf = (key: string): string => `[tieline:${key}]`;
const marker = /\s*\[tieline:[^\]]+\]\s*$/;
const pathOf = (kind: Kind): string => `/rest/${kind}RiskRule`;

function scopeOf({ hostType, hostValue }: Rule): string {
  const values = (hostValue ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (hostType === 'all') return 'all';
  return `${hostType === 'asset' ? 'assetlist' : hostType} ${values.toSorted().join(',')}`;
}

function toRecord(kind: Kind, found: Rule, standing: 'active' | 'withdrawn' = 'active'): ExternalRecord {
  const severity = severities[Number(found.newSeverity?.id ?? Number.NaN)];
  const protocol = found.protocol.toLowerCase();
  const changed = instantOf(found.modifiedTime ?? undefined);
  return {
    externalId: `${kind}:${found.id}`,
    version: found.modifiedTime ?? found.id,
    ...(changed === undefined ? {} : { changed: { at: changed } }),
    raw: {
      ...(found as JsonObject), // parsed JSON, held loosely
      acceptance_id: `${kind}:${found.id}`,
      kind: kind === 'recast' ? 'recast' : 'accepted',
      plugin_id: found.plugin.id,
      scope: scopeOf(found),
      repository_id: found.repository?.id ?? null,
      port_number: found.port === 'any' || found.port === '' ? null : found.port,
      protocol_name: protocol === 'any' || protocol === '' ? null : (protocols[protocol] ?? protocol),
      severity: kind === 'recast' ? (severity ?? null) : null,
      comment: (found.comments ?? '').replace(marker, '') || null,
      expires_at: instantOf(found.expires) ?? null,
      standing,
    },
  };
}

export async function fetchRules(
  { session }: Reading,
  kind: Kind,
  repository: string,
  signal: AbortSignal,
): Promise<Rule[]> {
  const query = {
    repositoryIDs: repository,
    fields: 'id,hostType,hostValue,port,protocol,comments,expires,plugin,repository,newSeverity,modifiedTime',
  };
  return await session.fetch({ method: 'GET', path: pathOf(kind), query, signal }, z.array(rule));
}

/** Reads the rules of one kind and repository after the other; there is no filter by time, and they are few. */
export async function* readRules(
  reading: Reading,
  options: ReadOptions,
): AsyncGenerator<ReadEvent, void, undefined> {
  const { signal, position } = options;
  const startedAt = reading.now().toISOString();
  const places = (await fetchRepositories(reading, signal)).flatMap((repository) =>
    kinds.map((kind) => ({ kind, repository })),
  );
  for (let at = typeof position === 'number' ? position : 0; at < places.length; at += 1) {
    throwIfAborted(signal);
    const { kind, repository } = places[at] ?? { kind: 'accept', repository: '' };
    const found = await fetchRules(reading, kind, repository, signal);
    const records = found
      .filter((each) => each.repository?.id === repository)
      .map((each) => toRecord(kind, each));
    yield {
      type: 'page',
      records: (async function* () {
        yield* records;
      })(),
      position: at + 1,
      progress: { done: at + 1, total: places.length, unit: 'pages' },
    };
  }
  yield { type: 'end', mark: startedAt };
}

export async function findRule(
  reading: Reading,
  key: FindKey,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const isIt = (kind: Kind, found: Rule): boolean =>
    key.by === 'id'
      ? `${kind}:${found.id}` === key.externalId
      : (found.comments ?? '').includes(markerOf(key.idempotencyKey));
  for (const repository of await fetchRepositories(reading, signal))
    for (const kind of kinds) {
      const match = (await fetchRules(reading, kind, repository, signal)).find((each) => isIt(kind, each));
      if (match) return toRecord(kind, match);
    }
  return undefined;
}

const wantedFields = z.object({
  kind: z
    .enum(
      ['accepted', 'recast'],
      'a false positive is no rule of Security Center: accept the risk there instead',
    )
    .optional(),
  plugin_id: z.string().regex(/^\d+$/, 'a rule is for one plugin').optional(),
  scope: z.string().optional(),
  repository_id: z.string().nullish(),
  port_number: z.union([z.string(), z.number()]).nullish(),
  protocol_name: z.string().nullish(),
  severity: z.string().nullish(),
  comment: z.string().nullish(),
  expires_at: z.string().nullish(),
  standing: z.enum(['active', 'withdrawn']).optional(),
});

const rejected = (field: string, message: string): WriteResult => ({
  outcome: 'rejected',
  message: 'The acceptance cannot be a rule of Security Center; nothing was sent.',
  fields: [{ field, message }],
});

/** Makes, remakes or deletes a rule; fields in the spelling of the mappings. */
export async function writeRule(reading: Reading, change: Change, signal: AbortSignal): Promise<WriteResult> {
  const parsed = wantedFields.safeParse(change.fields);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return rejected(issue?.path.join('.') ?? '', issue?.message ?? '');
  }
  try {
    if (change.kind === 'create') return await make(reading, change.fields, change.idempotencyKey, signal);
    const present = await findRule(reading, { by: 'id', externalId: change.externalId ?? '' }, signal);
    if (!present) {
      // An attempt of ours that seemed lost has made it again.
      const anew = await findRule(
        reading,
        { by: 'idempotency-key', idempotencyKey: change.idempotencyKey },
        signal,
      );
      if (anew) return { outcome: 'confirmed', record: anew };
      return {
        outcome: 'missing',
        message: `Security Center has no rule ${change.externalId ?? ''} any more.`,
      };
    }
    if (change.version !== undefined && change.version !== present.version)
      return {
        outcome: 'conflict',
        message: 'The rule was changed in Security Center meanwhile.',
        current: present,
      };
    if (parsed.data.standing === 'withdrawn') return await end(reading, present, signal);
    const made = await make(reading, { ...present.raw, ...change.fields }, change.idempotencyKey, signal);
    if (made.outcome === 'confirmed' && made.record.externalId !== present.externalId)
      await end(reading, present, signal);
    return made;
  } catch (error) {
    if (signal.aborted || !(error instanceof TielineError) || !error.entry.retryable) throw error;
    if (!requestMayHaveArrived(error)) throw error;
    return { outcome: 'unknown', message: error.message };
  }
}

async function end(reading: Reading, present: ExternalRecord, signal: AbortSignal): Promise<WriteResult> {
  const [kind = 'accept', ruleId = ''] = present.externalId.split(':');
  const request: ScRequest = {
    method: 'DELETE',
    path: `${pathOf(kind as Kind)}/${encodeURIComponent(ruleId)}`,
    signal,
  }; // made by toRecord
  const answer = await reading.session.send(request);
  if (!answer.ok && answer.refusal.code !== notFound) throw scRefused(request, answer.refusal);
  return { outcome: 'confirmed', record: { ...present, raw: { ...present.raw, standing: 'withdrawn' } } };
}

async function make(
  reading: Reading,
  fields: JsonObject,
  key: string,
  signal: AbortSignal,
): Promise<WriteResult> {
  const existing = await findRule(reading, { by: 'idempotency-key', idempotencyKey: key }, signal);
  if (existing) return { outcome: 'confirmed', record: existing };
  const wanted = wantedFields.parse(fields);
  const kind: Kind = wanted.kind === 'recast' ? 'recast' : 'accept';
  const [hostType = '', hostValue = ''] = (wanted.scope ?? '').split(' ');
  if (wanted.plugin_id === undefined) return rejected('plugin_id', 'a rule is for one plugin');
  if (!wanted.repository_id)
    return rejected('repository', 'Security Center keeps a rule for each repository: name one');
  if (!['all', 'ip', 'uuid', 'assetlist'].includes(hostType))
    return rejected('scope', 'must be all, `ip …`, `uuid …` or `assetlist ID`');
  const severity = severities.findIndex((each) => each === wanted.severity);
  if (kind === 'recast' && severity < 0) return rejected('severity', 'is required of a recast');
  const number = Object.entries(protocols).find(
    ([, name]) => name === wanted.protocol_name?.toLowerCase(),
  )?.[0];
  const json: Json = {
    plugin: { id: wanted.plugin_id },
    repositories: [{ id: wanted.repository_id }],
    hostType: hostType === 'assetlist' ? 'asset' : hostType,
    ...(hostType === 'all' ? {} : { hostValue: hostType === 'assetlist' ? { id: hostValue } : hostValue }),
    port:
      wanted.port_number === null || wanted.port_number === undefined
        ? 'any'
        : scalarText(wanted.port_number),
    protocol: number === undefined ? 'any' : Number(number),
    comments: `${wanted.comment ?? ''} ${markerOf(key)}`.trim(),
    expires: wanted.expires_at ? Math.floor(Date.parse(wanted.expires_at) / 1000) : -1,
    ...(kind === 'recast' ? { newSeverity: { id: String(severity) } } : {}),
  };
  const request: ScRequest = { method: 'POST', path: pathOf(kind), json, signal };
  const answer = await reading.session.send(request, 'never');
  if (!answer.ok) {
    if (answer.refusal.code === 146 || answer.refusal.code === 143)
      return {
        outcome: 'rejected',
        message: answer.refusal.message,
        fields: [{ field: 'rule', message: answer.refusal.message }],
      };
    throw scRefused(request, answer.refusal);
  }
  const made = z.union([z.array(rule).min(1), rule.transform((one) => [one])]).safeParse(answer.response);
  const [first] = made.success ? made.data : [];
  return first
    ? { outcome: 'confirmed', record: toRecord(kind, first) }
    : { outcome: 'unknown', message: 'The answer names no rule.' };
}
