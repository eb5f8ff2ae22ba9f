/** POA&Ms: list, create, read, replace. */
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { duplicateUid, invalid, notFound, objectBody, refusedByVersion, type Presenter } from './answers.ts';
import { readMilestone, readPoam } from './normalise.ts';
import { archivedErrors, milestoneErrors, poamErrors } from './poam-rules.ts';
import type { FieldError, MilestoneFields, PoamFields, XactaPoam } from './records.ts';
import { touch, type XactaStore } from './store.ts';

export function poamRoutes(store: XactaStore, present: Presenter, pageSize: number): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/systems/:system/poams',
      handle: (request) => {
        const systemId = request.params['system'] ?? '';
        if (!store.system(systemId)) return notFound('system', systemId);
        const uid = request.query.get('external_uid');
        const wanted = store.poamsOf(systemId).filter((each) => uid === null || each.external_uid === uid);
        return present.list('poam', wanted, request, pageSize);
      },
    },
    {
      method: 'POST',
      path: '/api/systems/:system/poams',
      handle: (request) => createPoam(store, present, request),
    },
    {
      method: 'GET',
      path: '/api/poams/:poam',
      handle: (request) => {
        const poam = store.poams.get(request.params['poam'] ?? '');
        return poam ? present.one('poam', poam, request) : notFound('POA&M', request.params['poam'] ?? '');
      },
    },
    { method: 'PUT', path: '/api/poams/:poam', handle: (request) => replacePoam(store, present, request) },
  ];
}

function createPoam(store: XactaStore, present: Presenter, request: SimRequest): SimResponse {
  const systemId = request.params['system'] ?? '';
  if (!store.system(systemId)) return notFound('system', systemId);
  const given = objectBody(request);
  if ('refused' in given) return given.refused;
  const errors: FieldError[] = [];
  const next = readPoam(given.body, errors);
  const holder = store.holderOf(systemId, next.external_uid);
  if (holder) return duplicateUid(holder);
  const milestones = newMilestones(given.body, errors).map((each, index) => {
    const fields = readMilestone(each, `milestones[${index}].`, errors);
    errors.push(...milestoneErrors(fields, planOf(next, undefined), `milestones[${index}].`));
    return fields;
  });
  const controls = store.controlsOf(systemId);
  errors.push(...poamErrors({ next, milestones, controls, today: today(request) }));
  if (errors.length > 0) return invalid(once(errors));
  const poam = store.addPoam(systemId, next, milestones, request.now);
  const answer = present.one('poam', poam, request, 201);
  return { ...answer, headers: { ...answer.headers, location: `/api/poams/${poam.id}` } };
}

/**
 * Replaces the whole item: a field that is left out is blanked. Milestones have their own endpoints; of those in the
 * body, known ones are left as they are and any without an id is added, which is how careless clients double them.
 */
function replacePoam(store: XactaStore, present: Presenter, request: SimRequest): SimResponse {
  const id = request.params['poam'] ?? '';
  const current = store.poams.get(id);
  if (!current) return notFound('POA&M', id);
  const given = objectBody(request);
  if ('refused' in given) return given.refused;
  const refused = refusedByVersion(request, current);
  if (refused) return refused;
  const errors: FieldError[] = [];
  const next = readPoam(given.body, errors);
  const holder = store.holderOf(current.system_id, next.external_uid, id);
  if (holder) return duplicateUid(holder);
  const known = new Set(current.milestones.map((each) => each.id));
  const added: MilestoneFields[] = [];
  for (const [index, each] of newMilestones(given.body, errors).entries()) {
    const prefix = `milestones[${index}].`;
    const milestoneId = 'id' in each ? each.id : undefined;
    if (typeof milestoneId === 'string' && known.has(milestoneId)) continue;
    if (milestoneId !== undefined && milestoneId !== null)
      errors.push({ field: `${prefix}id`, rule: 'unknown', message: `${id} has no milestone of this id` });
    const fields = readMilestone(each, prefix, errors);
    errors.push(...milestoneErrors(fields, planOf(next, current), prefix));
    added.push(fields);
  }
  const milestones = [...current.milestones, ...added];
  const controls = store.controlsOf(current.system_id);
  errors.push(...poamErrors({ next, milestones, current, controls, today: today(request) }));
  if (errors.length > 0) return invalid(once(errors));
  Object.assign(current, next);
  if (added.length === 0) touch(current, request.now);
  for (const fields of added) store.addMilestone(current, fields, request.now);
  return present.one('poam', current, request);
}

/** Milestones of a POA&M, and of those one by one. */
export function milestoneRoutes(store: XactaStore, present: Presenter, pageSize: number): Route[] {
  const ofPoam =
    (act: (poam: XactaPoam, request: SimRequest) => SimResponse) =>
    (request: SimRequest): SimResponse => {
      const id = request.params['poam'] ?? '';
      const poam = store.poams.get(id);
      return poam ? act(poam, request) : notFound('POA&M', id);
    };
  return [
    {
      method: 'GET',
      path: '/api/poams/:poam/milestones',
      handle: ofPoam((poam, request) => present.list('milestone', poam.milestones, request, pageSize)),
    },
    {
      method: 'POST',
      path: '/api/poams/:poam/milestones',
      handle: ofPoam((poam, request) => {
        const given = objectBody(request);
        if ('refused' in given) return given.refused;
        const read = readAllowedMilestone(given.body, poam);
        if ('refused' in read) return read.refused;
        const { fields } = read;
        return present.one('milestone', store.addMilestone(poam, fields, request.now), request, 201);
      }),
    },
    {
      method: 'PUT',
      path: '/api/poams/:poam/milestones/:milestone',
      handle: ofPoam((poam, request) => {
        const id = request.params['milestone'] ?? '';
        const milestone = poam.milestones.find((each) => each.id === id);
        if (!milestone) return notFound(`milestone of ${poam.id}`, id);
        const given = objectBody(request);
        if ('refused' in given) return given.refused;
        const refused = refusedByVersion(request, milestone);
        if (refused) return refused;
        const read = readAllowedMilestone(given.body, poam);
        if ('refused' in read) return read.refused;
        const { fields } = read;
        Object.assign(milestone, { ...fields, status: fields.status ?? 'pending' });
        touch(milestone, request.now);
        touch(poam, request.now); // the POA&M shows its milestones
        return present.one('milestone', milestone, request);
      }),
    },
  ];
}

function readAllowedMilestone(
  body: object,
  poam: XactaPoam,
): { readonly fields: MilestoneFields } | { readonly refused: SimResponse } {
  const errors = archivedErrors(poam);
  if (errors.length > 0) return { refused: invalid(errors) };
  const fields = readMilestone(body, '', errors);
  errors.push(...milestoneErrors(fields, poam, ''));
  return errors.length > 0 ? { refused: invalid(errors) } : { fields };
}

function newMilestones(body: object, errors: FieldError[]): object[] {
  const given: unknown = 'milestones' in body ? body.milestones : undefined;
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given) || given.some((each) => typeof each !== 'object' || each === null)) {
    errors.push({ field: 'milestones', rule: 'type', message: 'milestones must be a list of objects' });
    return [];
  }
  return given as object[];
}

function planOf(
  next: PoamFields,
  current: XactaPoam | undefined,
): Pick<XactaPoam, 'status' | 'scheduled_completion' | 'review_status'> {
  const { status, scheduled_completion } = next;
  return { status, scheduled_completion, review_status: current?.review_status ?? 'not_approved' };
}

function today(request: SimRequest): string {
  return request.now.toISOString().slice(0, 10);
}

/** A rule that the item and a milestone of it both report is said once. */
function once(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((each) => [`${each.field} ${each.rule}`, each])).values()];
}
