/**
 * Whether a request that changes something comes from a page of this server. A session's cookie goes along with requests that other pages
 * set off; such a request bears neither `Sec-Fetch-Site: same-origin` (or, from an old browser, our Origin) nor the header that only a
 * script of ours may add, since no other origin passes the preflight for it.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** @param origin of the server as browsers see it: `https://tieline.example`. */
export function isSameOrigin(headers: IncomingHttpHeaders, origin: string): boolean {
  if (headers['x-tieline'] !== '1') return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin !== undefined && headers.origin === origin;
}

/** Whether a page of this server led the browser here; undefined: an old browser does not say. Typed or bookmarked addresses are not. */
export const isFromHere = (headers: IncomingHttpHeaders): boolean | undefined =>
  headers['sec-fetch-site'] === undefined ? undefined : headers['sec-fetch-site'] === 'same-origin';
