/**
 * A route as data: method, path, who may call it, its shapes, what it answers with when it refuses. The server's registration and
 * validation, openapi.json, the permission matrix, the console's types and the test that calls every route as every role come from
 * this one table. A route without `permission` does not compile.
 */
import type { z } from 'zod';
import type { Permission } from '../../canonical/access/index.ts';
import type { EventKind } from '../../canonical/vocabulary/index.ts';

/** Who may call it: holders of a permission; whoever is signed in; or anybody, before signing in, for the reason given. */
export type Access = Permission | 'signed-in' | { readonly anybody: string };

/**
 * What the security log keeps of a call beyond refusals, which it always keeps (AU-2): the event that the server records before it is carried
 * out, or the access to a record; `events` where the use case records them itself, in the transaction that does it; `nothing` says why none.
 * A call that changes something must say one of them. An export of a list is always an event.
 */
export type Audit =
  | { readonly event: EventKind }
  | { readonly events: readonly [EventKind, ...EventKind[]] }
  | { readonly access: 'read' | 'write' | 'delete' | 'export'; readonly resource: string }
  | { readonly nothing: string };

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, with Fastify's parameters: `/poams/:poamId`. */
  readonly path: `/${string}`;
  readonly tag: string;
  /** At most 60 characters. */
  readonly summary: string;
  readonly permission: Access;
  /**
   * How the answer is cut to the caller's boundaries: `boundaries` where the handler passes the caller's scope on to every read and write,
   * `installation` where it concerns all of them, `own` where it is about the caller.
   */
  readonly scope: 'boundaries' | 'installation' | 'own';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Its body is a file, application/octet-stream, which the handler reads as it comes. */
  readonly file?: true;
  /** The good answer: its status and shape; `stream` for files, exports and events, which have no JSON shape. */
  readonly answer: {
    /** 303 leads a browser on, to `location`. */
    readonly status: 200 | 201 | 202 | 204 | 303;
    readonly shape?: z.ZodType;
    readonly stream?: string;
  };
  /** POST that creates, decides or starts: a repeated Idempotency-Key gets the first answer again. */
  readonly idempotent?: true;
  /** Its answer holds a secret that is shown once: what is kept of it for a repeated request is sealed. */
  readonly answersSecret?: true;
  /** PATCH, PUT and DELETE of one record need If-Match with its ETag. */
  readonly versioned?: true;
  /** The person must have signed in within the last minutes (AC-11 step-up). */
  readonly stepUp?: true;
  /** Calls that the page makes by itself do not keep a session alive. */
  readonly passive?: true;
  /**
   * Another server calls it, by a form: its body proves what it says, no cookie is looked at, and it bears none of what a page of ours bears.
   */
  readonly calledByServer?: true;
  readonly audit?: Audit;
}

export const defineRoutes = <const Routes extends Readonly<Record<string, Route>>>(routes: Routes): Routes =>
  routes;
