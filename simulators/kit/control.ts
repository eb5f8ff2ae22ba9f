/**
 * What a test or a demonstration may do to a simulator from outside, under /__control. The server listens on the
 * loopback address only, so there is no sign-in here.
 */
import { errorAnswer } from './answer.ts';
import type { Clock } from './clock.ts';
import type { RequestCounters } from './counters.ts';
import { parseFaults, type Fault, type FaultEngine } from './faults.ts';
import type { Route, SimResponse } from './route.ts';

export interface ControlledSimulator {
  /** All that it holds, as JSON; `stable` leaves out what depends on the order or the time of requests. */
  state(stable: boolean): unknown;
  /** Puts the data back to how it was at the start. */
  reset(): void;
  /** Changes a record as another user would. Throws Error if the request makes no sense. */
  edit(body: unknown): unknown;
}

export function controlRoutes(parts: {
  readonly simulator: ControlledSimulator;
  readonly faults: FaultEngine;
  readonly initialFaults: readonly Fault[];
  readonly counters: RequestCounters;
  readonly clock: Clock;
}): Route[] {
  const { simulator, faults, counters, clock } = parts;
  const ok = (json: unknown): SimResponse => ({ status: 200, json });
  const refusing =
    (act: (body: unknown) => unknown) =>
    ({ json }: { readonly json: unknown }): SimResponse => {
      try {
        return ok(act(json));
      } catch (error) {
        return errorAnswer(400, 'control', error instanceof Error ? error.message : String(error));
      }
    };
  return [
    { method: 'GET', path: '/__control/faults', handle: () => ok(faults.list()) },
    {
      method: 'PUT',
      path: '/__control/faults',
      handle: refusing((body) => {
        faults.set(parseFaults(body));
        return faults.list();
      }),
    },
    {
      method: 'DELETE',
      path: '/__control/faults',
      handle: () => {
        faults.set([]);
        return ok([]);
      },
    },
    { method: 'GET', path: '/__control/requests', handle: () => ok(counters.counts()) },
    {
      method: 'DELETE',
      path: '/__control/requests',
      handle: () => {
        counters.clear();
        return ok(counters.counts());
      },
    },
    {
      method: 'GET',
      path: '/__control/state',
      handle: ({ query }) => ok(simulator.state(query.get('stable') === '1')),
    },
    {
      method: 'POST',
      path: '/__control/reset',
      handle: () => {
        simulator.reset();
        faults.set(parts.initialFaults);
        counters.clear();
        clock.offsetSeconds = 0;
        clock.stoppedAt = undefined;
        return ok({ reset: true });
      },
    },
    {
      method: 'POST',
      path: '/__control/clock',
      handle: refusing((body) => {
        setClock(clock, body);
        return { offsetSeconds: clock.offsetSeconds, now: clock.now().toISOString() };
      }),
    },
    { method: 'POST', path: '/__control/edit', handle: refusing((body) => simulator.edit(body)) },
  ];
}

/** Either lets it run, put forward or back, or stops it at an instant. @throws Error if the request makes no sense */
function setClock(clock: Clock, body: unknown): void {
  const given = typeof body === 'object' && body !== null ? body : {};
  if ('stoppedAt' in given && typeof given.stoppedAt === 'string') {
    const instant = new Date(given.stoppedAt);
    if (!Number.isNaN(instant.getTime())) {
      clock.stoppedAt = instant;
      return;
    }
  }
  if (!('offsetSeconds' in given) || !Number.isFinite(given.offsetSeconds))
    throw new Error('expected {"offsetSeconds": a number} or {"stoppedAt": an instant}');
  clock.offsetSeconds = Number(given.offsetSeconds);
  clock.stoppedAt = undefined;
}
