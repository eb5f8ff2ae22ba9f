/** Answers as the simulated Xacta words them. */
import { applyDrift, type FaultEngine } from '../kit/faults.ts';
import type { SimRequest, SimResponse } from '../kit/route.ts';
import type { FieldError, Stamped, XactaPoam } from './records.ts';

export function xactaError(
  status: number,
  code: string,
  message: string,
  more: {
    readonly fields?: readonly FieldError[];
    readonly headers?: Readonly<Record<string, string>>;
  } & Record<string, unknown> = {},
): SimResponse {
  const { headers = {}, fields = [], ...rest } = more;
  return { status, headers, json: { error: { code, message, fields, ...rest } } };
}

export function notFound(what: string, id: string): SimResponse {
  return xactaError(404, 'not_found', `There is no ${what} ${id}.`);
}

export function invalid(fields: readonly FieldError[]): SimResponse {
  return xactaError(
    422,
    'invalid',
    `${fields.length} ${fields.length === 1 ? 'rule is' : 'rules are'} broken.`,
    { fields },
  );
}

export function duplicateUid(holder: XactaPoam): SimResponse {
  return xactaError(
    409,
    'duplicate_external_uid',
    `POA&M ${holder.id} of this system has this external_uid already.`,
    {
      existing_id: holder.id,
      fields: [{ field: 'external_uid', rule: 'unique', message: `taken by ${holder.id}` }],
    },
  );
}

/** The body as an object, or the answer that refuses it. */
export function objectBody(
  request: SimRequest,
): { readonly body: object } | { readonly refused: SimResponse } {
  const { json } = request;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { body: json };
  return { refused: xactaError(400, 'bad_request', 'The body must be a JSON object.') };
}

/** Refuses a write that was not decided on the present version: 428 without If-Match, 412 with another version. */
export function refusedByVersion(request: SimRequest, record: Stamped): SimResponse | undefined {
  const given = request.headers['if-match'];
  if (given === undefined)
    return xactaError(428, 'precondition_required', 'If-Match with the version that was read is required.');
  if (given === '*' || given.replace(/^W\//, '') === `"${record.version}"`) return undefined;
  return xactaError(412, 'stale', `The record has moved on to version ${record.version}.`, {
    current_version: record.version,
    headers: { etag: `"${record.version}"` },
  });
}

/** Serialises records, with what a schema-drift fault does to them in this answer. */
export function createPresenter(faults: FaultEngine) {
  const drifting = (entity: string, request: SimRequest): ((record: object) => object) => {
    const drifts = faults.drifts(entity, request);
    return (record) => drifts.reduce<object>((each, drift) => applyDrift(each, drift), record);
  };
  /** How this answer shows a record of the entity. */
  const shower = (entity: Entity, request: SimRequest): ((record: object) => object) => {
    const drift = drifting(entity, request);
    if (entity !== 'poam') return drift;
    const driftMilestone = drifting('milestone', request);
    return (record) =>
      drift(
        'milestones' in record && Array.isArray(record.milestones)
          ? { ...record, milestones: record.milestones.map(driftMilestone) }
          : record,
      );
  };
  return {
    /** One record with its ETag. */
    one(entity: Entity, record: Stamped, request: SimRequest, status = 200): SimResponse {
      return { status, headers: { etag: `"${record.version}"` }, json: shower(entity, request)(record) };
    },
    /** One page of a list: page, page_size and modified_since (inclusive) are honoured. */
    list(
      entity: Entity,
      records: readonly Stamped[],
      request: SimRequest,
      defaultPageSize: number,
    ): SimResponse {
      const paging = pagingOf(request.query, defaultPageSize);
      if ('refused' in paging) return paging.refused;
      const { page, pageSize, since } = paging;
      const changed =
        since === undefined ? records : records.filter((each) => Date.parse(each.modified_at) >= since);
      const shown = changed.slice((page - 1) * pageSize, page * pageSize).map(shower(entity, request));
      // Delivered twice: every record of the page comes again.
      const twice = shown.length > 0 && faults.active('duplicate', request) !== undefined;
      return {
        status: 200,
        json: {
          [`${entity}s`]: twice ? [...shown, ...shown] : shown,
          page,
          page_size: pageSize,
          total: changed.length,
          next_page: page * pageSize < changed.length ? page + 1 : null,
        },
      };
    },
  };
}
export type Presenter = ReturnType<typeof createPresenter>;
export type Entity = 'system' | 'component' | 'control' | 'poam' | 'milestone' | 'artifact';

/** The largest page_size that a client may ask for. */
export const largestPage = 200;

function pagingOf(
  query: URLSearchParams,
  defaultPageSize: number,
):
  | { readonly page: number; readonly pageSize: number; readonly since: number | undefined }
  | { readonly refused: SimResponse } {
  const page = Number(query.get('page') ?? 1);
  const pageSize = Number(query.get('page_size') ?? defaultPageSize);
  const modifiedSince = query.get('modified_since') ?? '';
  const since = modifiedSince === '' ? undefined : Date.parse(modifiedSince);
  const errors: FieldError[] = [];
  if (!Number.isInteger(page) || page < 1)
    errors.push({ field: 'page', rule: 'range', message: 'page must be a whole number, 1 or more' });
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > largestPage)
    errors.push({
      field: 'page_size',
      rule: 'range',
      message: `page_size must be between 1 and ${largestPage}`,
    });
  if (since !== undefined && Number.isNaN(since))
    errors.push({
      field: 'modified_since',
      rule: 'instant',
      message: 'modified_since must be an ISO 8601 instant',
    });
  if (errors.length > 0)
    return { refused: xactaError(400, 'bad_request', 'The query is not understood.', { fields: errors }) };
  return { page, pageSize, since };
}
