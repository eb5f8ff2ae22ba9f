/** Creates and updates, with optimistic concurrency. A whole item is sent: leaving a field out may blank it (decision 0019). */
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { type Change, type ExternalRecord, type FindKey, PageWalk, type WriteResult } from '../kit/index.ts';
import {
  formContent,
  type HttpRequest,
  type HttpResponse,
  requestMayHaveArrived,
} from '../../platform/http/index.ts';
import { fillPath, valueAt } from './field-path.ts';
import { fetchPage } from './lists.ts';
import { listParents } from './parents.ts';
import type { Profile, ProfileEntity, ProfiledEntity } from './profile.ts';
import { externalRecord } from './records.ts';
import { sessionRefusal, type Session } from './session.ts';

/** Looks a record up by its id, or by the integrator's key within its system. */
export async function findRecord(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  key: FindKey,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const shape = profile.entities[entity];
  if (!shape) return undefined;
  const parent = key.parentId ?? '';
  if (key.by === 'idempotency-key') {
    if (!shape.findBy) return findAlike(session, profile, entity, key, signal);
    if (!shape.list) return undefined;
    const list = {
      path: fillPath(shape.list.path, { parent }),
      items: shape.list.items,
      query: { ...shape.list.query, [shape.findBy.parameter]: key.idempotencyKey },
      signal,
    };
    const page = await fetchPage(session, profile, list, undefined);
    const { field } = shape.findBy;
    // A server that does not know the parameter answers with everything.
    const item = page.items.find((each) => scalarText(valueAt(each, field)) === key.idempotencyKey);
    if (item !== undefined) return externalRecord(profile, entity, item, parent || undefined);
    // A file is known by its hash too, where the server did not keep the key with it.
    return shape.content === undefined ? undefined : findAlike(session, profile, entity, key, signal);
  }
  if (!shape.get) return findInList(session, profile, entity, shape, key, signal);
  const request: HttpRequest = {
    method: 'GET',
    path: fillPath(shape.get.path, { id: key.externalId, parent }),
    retry: 'safe',
    signal,
  };
  const response = await session.send(request);
  if (response.status === 404 || response.status === 410) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await sessionRefusal(request, response);
  return externalRecord(profile, entity, await response.json(), key.parentId);
}

/**
 * Where the server keeps no key of ours: the record of the parent that says what was written, in every field that is no list. A file is the one
 * of that parent with its hash; where the server shows no hash, the one that says the same in all that the server shows.
 */
async function findAlike(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  key: Extract<FindKey, { by: 'idempotency-key' }>,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const { parentId, fields } = key;
  const shape = profile.entities[entity];
  if (!shape?.list || parentId === undefined || fields === undefined) return undefined;
  const wanted = Object.entries(fields).filter(([, value]) => value !== null && typeof value !== 'object');
  const says = (raw: JsonObject, [field, value]: (typeof wanted)[number]): boolean =>
    said(raw[field]) === said(value);
  const isAlike = ({ raw }: ExternalRecord): boolean => {
    if (shape.content === undefined) return wanted.every((each) => says(raw, each));
    const shown = wanted.filter(([field]) => said(raw[field]) !== '');
    const hashes = shown.filter(([, value]) => sha256Pattern.test(said(value)));
    // Without a hash, a server that keeps keys would have shown the key.
    if (hashes.length === 0) return shape.findBy === undefined && shown.every((each) => says(raw, each));
    const place = shown.filter(([field]) => field === shape.parent?.field);
    return [...hashes, ...place].every((each) => says(raw, each));
  };
  return wanted.length === 0 ? undefined : findListed(session, profile, entity, parentId, isAlike, signal);
}

const sha256Pattern = /^[0-9a-f]{64}$/i;
/** Without what forms and servers do to line ends and edges. */
const said = (value: Json | undefined): string =>
  scalarText(value ?? null)
    .replaceAll('\r\n', '\n')
    .trim();

/** For records that can only be listed (a control, a milestone): in their parent's list, or in every parent's. */
async function findInList(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  shape: ProfileEntity,
  key: Extract<FindKey, { by: 'id' }>,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  if (!shape.list) return undefined;
  const everyParent =
    shape.parent && key.parentId === undefined
      ? await listParents(session, profile, shape.parent.entity, signal)
      : [key.parentId ?? ''];
  for (const parent of everyParent) {
    const isIt = (record: ExternalRecord): boolean => record.externalId === key.externalId;
    const found = await findListed(session, profile, entity, parent, isIt, signal);
    if (found) return found;
  }
  return undefined;
}

/** The first record of a parent's list that is the one, page by page. @param parent empty: the list has no parent. */
async function findListed(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  parent: string,
  isIt: (record: ExternalRecord) => boolean,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const shape = profile.entities[entity];
  if (!shape?.list) return undefined;
  const list = {
    path: fillPath(shape.list.path, { parent }),
    items: shape.list.items,
    query: shape.list.query,
    signal,
  };
  const walk = new PageWalk(`GET ${list.path}`);
  let at: string | undefined;
  do {
    const page = await fetchPage(session, profile, list, at);
    const records = page.items.map((item) => externalRecord(profile, entity, item, parent || undefined));
    const found = records.find(isIt);
    if (found) return found;
    walk.note({ at, next: page.next, ids: records.map((record) => record.externalId) });
    at = page.next;
  } while (at !== undefined);
  return undefined;
}

/** @throws TielineError where the change certainly did not arrive and may pass later, or the account may not write. */
export async function writeRecord(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const shape = profile.entities[entity];
  const write = change.kind === 'create' ? shape?.create : shape?.update;
  if (!shape || !write)
    return {
      outcome: 'rejected',
      message: `The profile ${profile.profile} has no ${change.kind} for ${entity}: complete it, or make the change at the server by hand.`,
      fields: [],
    };
  return change.kind === 'create'
    ? create(session, profile, entity, shape, change, signal)
    : update(session, profile, entity, shape, change, signal);
}

function createBody(profile: Profile, shape: ProfileEntity, change: Change): JsonObject {
  const body: JsonObject = { ...change.fields };
  if (shape.findBy && scalarText(valueAt(body, shape.findBy.field)) === '')
    body[shape.findBy.field] = change.idempotencyKey;
  for (const child of change.children ?? []) {
    const inline = child.entity === 'milestone' ? profile.entities.milestone?.inline : undefined;
    if (inline) body[inline.field] = child.records.map((record): Json => ({ ...record }));
  }
  return body;
}

/** What is sent to make a record: its fields, or its file with the fields in the query or in the same form. */
function bodyOf(
  shape: ProfileEntity,
  fields: JsonObject,
  { file }: Change,
): Pick<HttpRequest, 'json' | 'query' | 'content'> {
  if (shape.content === undefined || !file) return { json: fields };
  const texts = Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => (value === null ? [] : [[field, scalarText(value)]])),
  );
  const { bytes, open } = file;
  if (shape.content === 'body')
    return { query: texts, content: { type: 'application/octet-stream', bytes, open } };
  return { content: formContent(texts, { part: shape.content.file, name: file.name, bytes, open }) };
}

/** Answers that refuse what the request says: its values, the size of its file, its kind. */
const refusing: ReadonlySet<number> = new Set([400, 413, 415, 422]);

async function create(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  shape: ProfileEntity,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const parent = change.parentId ?? '';
  if (!shape.findBy) {
    // Without a key of ours a second request would make a second record.
    const key = { by: 'idempotency-key', idempotencyKey: change.idempotencyKey } as const;
    const alike = await findAlike(
      session,
      profile,
      entity,
      { ...key, parentId: parent, fields: change.fields },
      signal,
    ).catch((error: unknown) => {
      // No such parent, say: the answer to the request itself says so in its own way.
      if (error instanceof TielineError && error.code === 'REMOTE_UNEXPECTED') return undefined;
      throw error;
    });
    if (alike) return { outcome: 'confirmed', record: alike };
  }
  const body = createBody(profile, shape, change);
  const request: HttpRequest = {
    method: shape.create?.method ?? 'POST',
    path: fillPath(shape.create?.path ?? '', { parent }),
    ...bodyOf(shape, body, change),
    // Nobody knows after a failure whether it happened; the caller looks it up by the key.
    retry: 'never',
    signal,
  };
  const sent = await send(session, request);
  if ('outcome' in sent) return sent;
  if (sent.status === 409) {
    const key = shape.findBy ? scalarText(valueAt(body, shape.findBy.field)) : '';
    const message = await readMessage(profile, sent);
    const ours =
      key === ''
        ? undefined
        : await findRecord(
            session,
            profile,
            entity,
            { by: 'idempotency-key', idempotencyKey: key, parentId: parent },
            signal,
          );
    return ours ? { outcome: 'confirmed', record: ours } : { outcome: 'conflict', message };
  }
  return interpret(session, profile, entity, request, sent, change, signal);
}

async function update(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  shape: ProfileEntity,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const key: FindKey = {
    by: 'id',
    externalId: change.externalId ?? '',
    ...(change.parentId === undefined ? {} : { parentId: change.parentId }),
  };
  const current = await findRecord(session, profile, entity, key, signal);
  if (!current) return { outcome: 'missing', message: `${entity} ${key.externalId} is not there any more` };
  if (change.version !== undefined && current.version !== undefined && change.version !== current.version)
    return {
      outcome: 'conflict',
      message: `${entity} ${key.externalId} has moved on from version ${change.version} to ${current.version}`,
      current,
    };
  const whole: JsonObject = { ...current.raw, ...change.fields };
  for (const field of shape.readOnly) if (!(field in change.fields)) delete whole[field];
  const { concurrency } = profile;
  const version = change.version ?? current.version;
  const request: HttpRequest = {
    method: shape.update?.method ?? 'PUT',
    path: fillPath(
      shape.update?.path ?? '',
      { id: key.externalId, parent: change.parentId ?? current.parentId ?? '' },
      current.raw,
    ),
    json:
      concurrency.kind === 'body-field' && version !== undefined
        ? { ...whole, [concurrency.field]: version }
        : whole,
    ...(concurrency.kind === 'if-match' && version !== undefined
      ? { headers: { 'If-Match': `"${version}"` } }
      : {}),
    retry: 'never',
    signal,
  };
  const sent = await send(session, request);
  if ('outcome' in sent) return sent;
  return interpret(session, profile, entity, request, sent, change, signal);
}

/** Sends; a failure after which the remote may have acted is an outcome, not an exception. */
async function send(
  session: Session,
  request: HttpRequest,
): Promise<HttpResponse | Extract<WriteResult, { outcome: 'unknown' }>> {
  try {
    const response = await session.send(request);
    if (response.status < 500) return response;
    response.body.destroy();
    return {
      outcome: 'unknown',
      message: `${request.method} ${request.path} was answered with ${response.status}`,
    };
  } catch (error) {
    if (request.signal.aborted || !(error instanceof TielineError) || !requestMayHaveArrived(error))
      throw error;
    return { outcome: 'unknown', message: messageOf(error) };
  }
}

async function readMessage(profile: Profile, response: HttpResponse): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  return scalarText(valueAt(body, profile.errors.message) ?? null) || `answered with ${response.status}`;
}

async function interpret(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  request: HttpRequest,
  response: HttpResponse,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { status } = response;
  if (status < 300) {
    try {
      return {
        outcome: 'confirmed',
        record: externalRecord(profile, entity, await response.json(), change.parentId),
      };
    } catch (error) {
      // It was done; only the answer was lost on the way.
      if (signal.aborted) throw error;
      return { outcome: 'unknown', message: messageOf(error) };
    }
  }
  if (refusing.has(status)) {
    const body: unknown = await response.json().catch(() => undefined);
    const given = profile.errors.fields === undefined ? undefined : valueAt(body, profile.errors.fields);
    const fields = (Array.isArray(given) ? given : [])
      .filter((each) => isJsonObject(each))
      .map((each) => ({
        field: scalarText(each[profile.errors.field]),
        message: scalarText(each[profile.errors.fieldMessage]),
      }));
    return {
      outcome: 'rejected',
      message: scalarText(valueAt(body, profile.errors.message) ?? null) || `answered with ${status}`,
      fields,
    };
  }
  if (status === 404 || status === 410)
    return { outcome: 'missing', message: await readMessage(profile, response) };
  if (status === 409 || status === 412 || status === 428) {
    const message = await readMessage(profile, response);
    const key: FindKey = {
      by: 'id',
      externalId: change.externalId ?? '',
      ...(change.parentId === undefined ? {} : { parentId: change.parentId }),
    };
    const current =
      change.externalId === undefined ? undefined : await findRecord(session, profile, entity, key, signal);
    return { outcome: 'conflict', message, ...(current ? { current } : {}) };
  }
  throw await sessionRefusal(request, response);
}
