/** Who calls, and whether he may: the one place that decides it for every route. What it needs of accounts is given to it. */
import type { FastifyRequest } from 'fastify';
import {
  everywhere,
  type Permission,
  permissions,
  type Scope,
  scopeFor,
} from '../../../canonical/access/index.ts';
import type { Route } from '../../../contract/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { SignedIn } from './call.ts';
import { Refusal } from './problem.ts';
import { isSameOrigin } from './same-origin.ts';

/** Finds out who a request is from. */
export interface Identification {
  /**
   * @param isPassive whether the page made it by itself: such a request keeps no session alive.
   * @returns undefined where it bears neither a session nor a token. @throws TielineError NOT_SIGNED_IN, SESSION_ENDED.
   */
  identify(request: FastifyRequest, isPassive: boolean): Promise<SignedIn | undefined>;
}

export interface GateOptions extends Identification {
  /** As browsers see this server; requests of pages must come from it. */
  readonly originOf: (request: FastifyRequest) => string;
}

export interface Admitted {
  readonly by: SignedIn | undefined;
  readonly scope: Scope;
}

const isPermission = (access: Route['permission']): access is Permission =>
  typeof access === 'string' && access in permissions;

/** @throws TielineError REQUEST_FORGED, NOT_SIGNED_IN, SESSION_ENDED, NOT_ALLOWED (with the permission), STEP_UP_NEEDED. */
export async function admit(
  route: Route,
  request: FastifyRequest,
  {
    gate,
    now,
    onIdentified,
  }: {
    readonly gate: GateOptions;
    readonly now: Date;
    /** Told who calls (undefined: what anybody may) before it is decided whether he may: a refusal is recorded with his name. */
    readonly onIdentified: (by: SignedIn | undefined) => Promise<void>;
  },
): Promise<Admitted> {
  const isPassive = route.passive === true || request.headers['x-tieline-passive'] === '1';
  const changes = route.method !== 'GET';
  const byToken = request.headers.authorization !== undefined;
  if (
    changes &&
    !byToken &&
    route.calledByServer !== true &&
    !isSameOrigin(request.headers, gate.originOf(request))
  )
    throw new TielineError('REQUEST_FORGED', 'This request did not come from a page of this server.');
  if (typeof route.permission === 'object') {
    await onIdentified(undefined);
    return { by: undefined, scope: everywhere };
  }
  const by = await gate.identify(request, isPassive);
  if (by === undefined) throw new TielineError('NOT_SIGNED_IN', 'Nobody is signed in.');
  await onIdentified(by);
  const scope = isPermission(route.permission) ? scopeFor(by.actor, route.permission, now) : everywhere;
  if (scope === undefined && isPermission(route.permission))
    throw new Refusal(
      { permission: route.permission },
      'NOT_ALLOWED',
      `${by.actor.name} may not ${permissions[route.permission].title}.`,
    );
  if (route.stepUp && !by.isSteppedUp)
    throw new TielineError('STEP_UP_NEEDED', 'This needs your password again: you gave it too long ago.');
  return { by, scope: scope ?? everywhere };
}
