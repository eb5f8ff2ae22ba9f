/** What the connectors of the invented products share: both servers keep lists of records in the same manner. */
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../src/platform/values/json.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import { messageOf, TielineError } from '../../src/platform/errors/tieline-error.ts';
import { refusalError } from '../../src/platform/http/remote-refusal.ts';
import { requestMayHaveArrived } from '../../src/platform/http/transport-failure.ts';
import type { HttpRequest, HttpResponse } from '../../src/platform/http/http-client.ts';
import { PageWalk } from '../../src/connectors/kit/page-walk.ts';
import type {
  Change,
  CheckResult,
  Connector,
  ConnectorContext,
  EntityType,
  ExternalRecord,
  FindKey,
  ReadEvent,
  ReadOptions,
  WriteResult,
} from '../../src/connectors/kit/contract.ts';

export const tokenSettings = z.object({ token: z.instanceof(Secret).describe('The API token.') });
export type TokenSettings = z.output<typeof tokenSettings>;

/** The list that holds an entity, and the field that names what a record belongs to. */
export interface ListOfEntity {
  readonly entity: EntityType;
  readonly list: string;
  readonly parent?: string;
  /** Records of another entity that a new one brings along, in this field. */
  readonly inline?: { readonly entity: EntityType; readonly field: string };
}

const pageSchema = z.object({
  items: z.array(z.json()),
  next: z.string().optional(),
  sequence: z.number(),
});
const positionSchema = z.object({ mark: z.string(), after: z.string().optional(), pages: z.number() });

export function connectToRecords(
  context: ConnectorContext<TokenSettings>,
  lists: readonly ListOfEntity[],
): Connector {
  const { http, settings } = context;

  const placeOf = (entity: EntityType): ListOfEntity => {
    const place = lists.find((each) => each.entity === entity);
    if (!place) throw new TielineError('INTERNAL', `This connector knows no ${entity}.`);
    return place;
  };

  const send = (request: HttpRequest): Promise<HttpResponse> =>
    http.send({
      ...request,
      headers: { ...request.headers, Authorization: new Secret(`Bearer ${settings.token.reveal()}`) },
    });

  async function fetchPage(place: ListOfEntity, query: HttpRequest['query'], signal: AbortSignal) {
    const request = { method: 'GET', path: `/v1/${place.list}`, query, retry: 'safe', signal } as const;
    const response = await send(request as HttpRequest);
    if (response.status >= 300) throw await refusalError(request, response);
    const page = pageSchema.safeParse(await response.json());
    if (!page.success)
      throw new TielineError('REMOTE_UNEXPECTED', `GET ${request.path}: no page of records.`);
    return page.data;
  }

  function recordOf(place: ListOfEntity, item: unknown): ExternalRecord {
    const raw: JsonObject = isJsonObject(item) ? item : { value: null };
    const parent = place.parent === undefined ? '' : scalarText(raw[place.parent] ?? '');
    return {
      externalId: scalarText(raw['id'] ?? ''),
      ...(parent === '' ? {} : { parentId: parent }),
      version: scalarText(raw['revision'] ?? ''),
      raw,
    };
  }

  /** In the order of ids, so that nothing moves from page to page; what changes meanwhile is later than the mark. */
  async function* read(entity: EntityType, options: ReadOptions): AsyncGenerator<ReadEvent> {
    const place = placeOf(entity);
    const resumed = positionSchema.safeParse(options.position);
    let position = resumed.success ? resumed.data : undefined;
    if (!position) {
      const { sequence } = await fetchPage(place, {}, options.signal);
      position = { mark: String(sequence), after: '', pages: 0 };
      yield { type: 'position', position: position as Json };
    }
    const walk = new PageWalk(`GET /v1/${place.list}`);
    while (position.after !== undefined) {
      const { after, mark, pages }: z.infer<typeof positionSchema> = position;
      const page = await fetchPage(place, { after, since: options.mark }, options.signal);
      const records = page.items.map((item) => recordOf(place, item));
      walk.note({
        at: after === '' ? undefined : after,
        next: page.next,
        ids: records.map((record) => record.externalId),
      });
      position = { mark, pages: pages + 1, ...(page.next === undefined ? {} : { after: page.next }) };
      yield {
        type: 'page',
        records: (async function* () {
          yield* records;
        })(),
        position: position as Json,
        progress: { done: position.pages, unit: 'pages' },
      };
    }
    yield { type: 'end', mark: position.mark };
  }

  async function find(
    entity: EntityType,
    key: FindKey,
    signal: AbortSignal,
  ): Promise<ExternalRecord | undefined> {
    const place = placeOf(entity);
    if (key.by === 'idempotency-key') {
      const { items } = await fetchPage(place, { key: key.idempotencyKey }, signal);
      return items.length === 0 ? undefined : recordOf(place, items[0]);
    }
    const request = {
      method: 'GET',
      path: `/v1/${place.list}/${encodeURIComponent(key.externalId)}`,
      retry: 'safe',
      signal,
    } as const;
    const response = await send(request);
    if (response.status < 300) return recordOf(place, await response.json());
    if (response.status !== 404) throw await refusalError(request, response);
    response.body.destroy();
    return undefined;
  }

  function requestOf(place: ListOfEntity, change: Change, signal: AbortSignal): HttpRequest {
    if (change.kind === 'update')
      return {
        method: 'PATCH',
        path: `/v1/${place.list}/${encodeURIComponent(change.externalId ?? '')}`,
        ...(change.version === undefined ? {} : { headers: { 'If-Match': change.version } }),
        json: change.fields,
        retry: 'never',
        signal,
      };
    const inside = change.children?.find((child) => child.entity === place.inline?.entity)?.records ?? [];
    return {
      method: 'POST',
      path: `/v1/${place.list}`,
      json: {
        ...change.fields,
        key: change.idempotencyKey,
        ...(place.parent === undefined || change.parentId === undefined
          ? {}
          : { [place.parent]: change.parentId }),
        ...(place.inline ? { [place.inline.field]: [...inside] } : {}),
      },
      retry: 'never',
      signal,
    };
  }

  async function write(entity: EntityType, change: Change, signal: AbortSignal): Promise<WriteResult> {
    const place = placeOf(entity);
    const request = requestOf(place, change, signal);
    try {
      const response = await send(request);
      const { status } = response;
      if (status < 300) return { outcome: 'confirmed', record: recordOf(place, await response.json()) };
      if (status === 401 || status === 403) throw await refusalError(request, response);
      const said = await response.json().catch(() => ({}));
      const message = isJsonObject(said) ? scalarText(said['message'] ?? '') : '';
      if (status >= 500) return { outcome: 'unknown', message };
      if (status === 404) return { outcome: 'missing', message };
      if (status === 422) return { outcome: 'rejected', message, fields: fieldsIn(said) };
      const current = await find(entity, { by: 'id', externalId: change.externalId ?? '' }, signal);
      return { outcome: 'conflict', message, ...(current ? { current } : {}) };
    } catch (error) {
      const isLost = error instanceof TielineError && error.entry.retryable && requestMayHaveArrived(error);
      if (signal.aborted || !isLost) throw error;
      return { outcome: 'unknown', message: messageOf(error) };
    }
  }

  async function* check(signal: AbortSignal): AsyncGenerator<CheckResult> {
    const [first] = lists;
    if (first) await fetchPage(first, {}, signal);
    yield { check: 'reach and sign in', kind: 'authentication', status: 'ok', detail: http.origin ?? '' };
  }

  return { check, read, find, write };
}

function fieldsIn(said: unknown): { field: string; message: string }[] {
  const fields = isJsonObject(said) && Array.isArray(said['fields']) ? said['fields'] : [];
  return fields
    .filter((each) => isJsonObject(each))
    .map((each) => ({ field: scalarText(each['field']), message: scalarText(each['message']) }));
}
