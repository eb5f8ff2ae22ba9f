/** Views of lists: one's own, shared with a role or a system, and the one with which a list begins. */
import {
  type Actor,
  allRoles,
  heldBy,
  isWithin,
  permissions,
  type Role,
  roles,
  type Scope,
  scopeFor,
} from '../../../canonical/access/index.ts';
import type { ListDefinition } from '../../../canonical/lists/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { parseFilter, parseSort } from '../../../platform/lists/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import {
  clearRoleDefault,
  deleteSavedView,
  findDefaultView,
  findSavedView,
  insertSavedView,
  listSavedViews,
  type SavedView,
  setDefaultView,
  updateSavedView,
  type ViewReader,
  type ViewShare,
  type ViewToSave,
} from './saved-views.sql.ts';

/** What only those may do who decide for others: say how a list begins for a whole role. */
const decidesForRoles = 'policy:write';

const rolesOf = (actor: Actor, at: Date): Role[] =>
  allRoles.filter((role) =>
    actor.grants.some(
      ({ gives, until }) => 'role' in gives && gives.role === role && (until === undefined || until > at),
    ),
  );

/** The boundaries of which an actor sees something; undefined: all. */
function systemsOf(actor: Actor, at: Date): readonly string[] | undefined {
  const scopes: Scope[] = [...heldBy(actor, at)].flatMap(([permission, scope]) =>
    permissions[permission].where === 'boundary' ? [scope] : [],
  );
  return scopes.some(({ kind }) => kind === 'everywhere')
    ? undefined
    : [...new Set(scopes.flatMap((scope) => (scope.kind === 'boundaries' ? scope.systemIds : [])))];
}

const readerOf = (actor: Actor, at: Date): ViewReader => ({
  principalId: actor.principalId,
  roles: rolesOf(actor, at),
  systemIds: systemsOf(actor, at),
});

const fault = (field: string, message: string): TielineError =>
  new TielineError('REQUEST_INVALID', 'The body of the request is not what it must be.', {
    fields: [{ field: `/${field}`, message }],
  });

const unknownView = (id: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no saved view ${id}.`);

/** @throws FILTER_INVALID where it is not what its list takes; REQUEST_INVALID where it is shared with whom the actor is not among. */
function check(actor: Actor, list: ListDefinition, view: ViewToSave, at: Date): void {
  parseFilter(list.filters, Object.entries(view.query.filters ?? {}), at);
  if (view.query.sort !== undefined) parseSort(view.query.sort, list.sorts);
  if (view.query.filters === undefined && view.query.columns === undefined)
    throw fault('query', 'keeps neither filters nor columns');
  checkShare(actor, view.share, at);
  if (!view.isRoleDefault) return;
  if (view.share.with !== 'role') throw fault('isRoleDefault', 'share it with the role first');
  if (scopeFor(actor, decidesForRoles, at) === undefined)
    throw new TielineError(
      'NOT_ALLOWED',
      `${decidesForRoles} is needed to say how a list begins for a role.`,
    );
}

function checkShare(actor: Actor, share: ViewShare, at: Date): void {
  if (share.with === 'role' && !rolesOf(actor, at).some((role) => role === share.role))
    throw fault('share', `you do not hold the role ${share.role}`);
  if (share.with !== 'system') return;
  const systemIds = systemsOf(actor, at);
  const scope: Scope =
    systemIds === undefined ? { kind: 'everywhere' } : { kind: 'boundaries', systemIds, unassigned: false };
  if (!isWithin(scope, share.systemId)) throw fault('share', `there is no system ${share.systemId}`);
}

export interface Views {
  readonly items: readonly SavedView[];
  /** With which the list begins for the person; null: with none. */
  readonly begins: string | null;
  /** Who said so. */
  readonly beginsBy: 'person' | 'role' | null;
  /** With whom one may share: the roles that one holds. */
  readonly roles: readonly { readonly role: string; readonly title: string }[];
  readonly maySetRoleDefault: boolean;
}

/** The views of a list that a person sees, and how it begins for them. */
export async function viewsOf(app: AccountsApp, actor: Actor, list: string): Promise<Views> {
  const at = app.now();
  const reader = readerOf(actor, at);
  const items = await listSavedViews(app.db, reader, list);
  const chosen = await findDefaultView(app.db, actor.principalId, list);
  const ofRole = items.find(
    ({ isRoleDefault, share }) => isRoleDefault && share.with === 'role' && reader.roles.includes(share.role),
  );
  // A view that is shared no more is none.
  const own = chosen === undefined ? undefined : (items.find(({ id }) => id === chosen)?.id ?? null);
  return {
    items,
    begins: own === undefined ? (ofRole?.id ?? null) : own,
    beginsBy: own !== undefined ? 'person' : ofRole ? 'role' : null,
    roles: reader.roles.map((role) => ({ role, title: roles[role as Role].title })), // its own words
    maySetRoleDefault: scopeFor(actor, decidesForRoles, at) !== undefined,
  };
}

/** Keeps a view of a list under a name. @throws REQUEST_INVALID where the person has one of that name. */
export async function addView(
  app: AccountsApp,
  actor: Actor,
  list: ListDefinition,
  given: Omit<ViewToSave, 'list'>,
): Promise<SavedView> {
  const at = app.now();
  const view = { ...given, list: list.noun };
  check(actor, list, view, at);
  const id = await app.store.transaction(async ({ db }) => {
    if (view.isRoleDefault && view.share.with === 'role')
      await clearRoleDefault(db, { list: view.list, role: view.share.role });
    return insertSavedView(db, actor.principalId, view, at);
  });
  if (id === undefined) throw fault('name', `you have a view "${view.name}" of this list already`);
  return fetchView(app, actor, id);
}

async function fetchView(app: AccountsApp, actor: Actor, id: string): Promise<SavedView> {
  const view = await findSavedView(app.db, readerOf(actor, app.now()), id);
  if (!view) throw unknownView(id);
  return view;
}

/** One's own, at the version that was seen. @throws RECORD_UNKNOWN, NOT_ALLOWED of somebody else's, RECORD_MOVED. */
async function fetchOwn(app: AccountsApp, actor: Actor, id: string, version: string): Promise<SavedView> {
  const view = await fetchView(app, actor, id);
  if (!view.isMine) throw new TielineError('NOT_ALLOWED', `The view "${view.name}" is ${view.owner}’s.`);
  if (view.version !== version)
    throw new TielineError('RECORD_MOVED', `The view "${view.name}" was changed since it was shown.`);
  return view;
}

export interface ViewChange {
  readonly name?: string | undefined;
  readonly query?: ViewToSave['query'] | undefined;
  readonly share?: ViewShare | undefined;
  readonly isRoleDefault?: boolean | undefined;
}

/** Renames, shares, or keeps other filters and columns under the same name. @param listOf the definition of a list, by its noun. */
export async function changeView(
  app: AccountsApp,
  actor: Actor,
  id: string,
  {
    version,
    change,
    listOf,
  }: {
    readonly version: string;
    readonly change: ViewChange;
    readonly listOf: (noun: string) => ListDefinition;
  },
): Promise<SavedView> {
  const before = await fetchOwn(app, actor, id, version);
  const share = change.share ?? before.share;
  const view: ViewToSave = {
    list: before.list,
    name: change.name ?? before.name,
    query: change.query ?? before.query,
    share,
    // What is no longer shared with the role is how nothing begins.
    isRoleDefault: change.isRoleDefault ?? (before.isRoleDefault && share.with === 'role'),
  };
  const at = app.now();
  check(actor, listOf(before.list), view, at);
  const isSaved = await app.store.transaction(async ({ db }) => {
    if (view.isRoleDefault && share.with === 'role')
      await clearRoleDefault(db, { list: view.list, role: share.role, but: id });
    return updateSavedView(db, id, view, at);
  });
  if (!isSaved) throw fault('name', `you have a view "${view.name}" of this list already`);
  return fetchView(app, actor, id);
}

/** For whom it was how a list begins, it begins as the role has it. */
export async function removeView(app: AccountsApp, actor: Actor, id: string, version: string): Promise<void> {
  await fetchOwn(app, actor, id, version);
  await deleteSavedView(app.db, id);
}

/** @param viewId null: the list begins with none; undefined: as the role has it. @throws RECORD_UNKNOWN. */
export async function chooseDefault(
  app: AccountsApp,
  actor: Actor,
  list: string,
  viewId: string | null | undefined,
): Promise<void> {
  if (typeof viewId === 'string') {
    const view = await fetchView(app, actor, viewId);
    if (view.list !== list) throw unknownView(viewId);
  }
  await setDefaultView(app.db, actor.principalId, list, viewId);
}
