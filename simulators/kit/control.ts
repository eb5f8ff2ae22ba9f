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

interface ControlParts {
  readonly simulator: ControlledSimulator;
  readonly faults: FaultEngine;
  readonly initialFaults: readonly Fault[];
  readonly counters: RequestCounters;
  readonly clock: Clock;
}

export function controlRoutes(parts: ControlParts): Route[] {
  return [...faultRoutes(parts), ...counterRoutes(parts), ...stateRoutes(parts), ...clockRoutes(parts)];
}

const ok = (json: unknown): SimResponse => ({ status: 200, json });

/** What the act throws is the fault of who asked. */
const refusing =
  (act: (body: unknown) => unknown) =>
  ({ json }: { readonly json: unknown }): SimResponse => {
    try {
      return ok(act(json));
    } catch (error) {
      return errorAnswer(400, 'control', error instanceof Error ? error.message : String(error));
    }
  };

function faultRoutes({ faults }: ControlParts): Route[] {
  const path = '/__control/faults';
  return [
    { method: 'GET', path, handle: () => ok(faults.list()) },
    {
      method: 'PUT',
      path,
      handle: refusing((body) => {
        faults.set(parseFaults(body));
        return faults.list();
      }),
    },
    {
      method: 'DELETE',
      path,
      handle: () => {
        faults.set([]);
        return ok([]);
      },
    },
  ];
}

function counterRoutes({ counters }: ControlParts): Route[] {
  const path = '/__control/requests';
  return [
    { method: 'GET', path, handle: () => ok(counters.counts()) },
    {
      method: 'DELETE',
      path,
      handle: () => {
        counters.clear();
        return ok(counters.counts());
      },
    },
  ];
}

function stateRoutes({ simulator, faults, initialFaults, counters, clock }: ControlParts): Route[] {
  return [
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
        faults.set(initialFaults);
        counters.clear();
        clock.offsetSeconds = 0;
        clock.stoppedAt = undefined;
        return ok({ reset: true });
      },
    },
    { method: 'POST', path: '/__control/edit', handle: refusing((body) => simulator.edit(body)) },
  ];
}

function clockRoutes({ clock }: ControlParts): Route[] {
  return [
    {
      method: 'POST',
      path: '/__control/clock',
      handle: refusing((body) => {
        setClock(clock, body);
        return { offsetSeconds: clock.offsetSeconds, now: clock.now().toISOString() };
      }),
    },
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
