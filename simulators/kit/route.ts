import type { IncomingHttpHeaders } from 'node:http';

/** A request as a handler sees it. */
export interface SimRequest {
  readonly method: string;
  readonly path: string;
  /** The named parts of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; undefined if there is none or if it says to be something else than JSON. */
  readonly json: unknown;
  readonly body: Buffer;
  /** The instant of the request by the server's clock, with a clock-skew fault counted in. */
  readonly now: Date;
}

/** An answer: at most one of json, text, stream. */
export interface SimResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly stream?: AsyncIterable<string | Buffer> | Iterable<string | Buffer>;
}

export interface Route {
  readonly method: string;
  /** '/vulns/export/:id/chunks/:chunk' */
  readonly path: string;
  /** Answered without `authorize`. */
  readonly open?: boolean;
  /** True for a POST that changes no record (sign-in, the start of an export): it is not counted as a write. */
  readonly reading?: boolean;
  handle(request: SimRequest): SimResponse | Promise<SimResponse>;
}

/** What the routes say of a path: the route with its parts, or the methods that the path does know, if any. */
export type RouteMatch =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly route?: never; readonly allowed: readonly string[] };

/** Finds the route of a request; the first that fits wins. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => RouteMatch {
  const table = routes.map((route) => ({ route, parts: route.path.split('/') }));
  return (method, path) => {
    const given = path.split('/');
    const allowed = new Set<string>();
    for (const { route, parts } of table) {
      const params = paramsOf(parts, given);
      if (params === undefined) continue;
      if (route.method === method) return { route, params };
      allowed.add(route.method);
    }
    return { allowed: [...allowed].toSorted() };
  };
}

function paramsOf(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) {
      if (value === '') return undefined;
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return undefined; // a broken escape names nothing
      }
    } else if (part !== value) return undefined;
  }
  return params;
}
