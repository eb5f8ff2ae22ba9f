/** What the server says about itself and about the account: whether it answers, its clock, the account's role. */
import { z } from 'zod';
import type { HttpResponse } from '../../../platform/http/index.ts';
import { tenableRefusal, type TenableApi, type TenableRequest } from '../session.ts';

const serverStatus = (signal: AbortSignal): TenableRequest => ({
  method: 'GET',
  path: '/server/status',
  signal,
});

/** The cheapest request, which needs no account. */
export const sendServerStatus = (api: TenableApi, signal: AbortSignal): Promise<HttpResponse> =>
  api.send(serverStatus(signal));

/** The server's clock in epoch milliseconds, from the Date header of a cheap request; undefined if it sends none. */
export async function fetchServerClock(api: TenableApi, signal: AbortSignal): Promise<number | undefined> {
  const request = serverStatus(signal);
  const response = await api.send(request);
  const at = Date.parse(response.headers['date'] ?? '');
  if (response.status === 401 || response.status === 403) throw await tenableRefusal(request, response);
  response.body.destroy();
  return Number.isNaN(at) ? undefined : at;
}

/** The account's role number from GET /session, which exists but is not in the vendor's documents; undefined if it does not report it. */
export async function findRole(api: TenableApi, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await api.send({ method: 'GET', path: '/session', signal });
    if (response.status >= 300) {
      response.body.destroy();
      return undefined;
    }
    const session = z.object({ permissions: z.number() }).safeParse(await response.json());
    return session.success ? session.data.permissions : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
