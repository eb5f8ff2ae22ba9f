/**
 * The gate that every request of one external system passes: no more than `concurrency` at once, no closer together
 * than the rate allows, none at all while a 429 asks for quiet. First come, first served.
 */
import { throwIfAborted, whenAborted } from '../values/index.ts';

export interface RequestGate {
  /** Waits for a turn and returns what gives it back. Rejects with the signal's reason when that aborts. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** Holds back every request that has not yet passed, for this many milliseconds from now. */
  pause(ms: number): void;
}

export interface GateSettings {
  readonly requestsPerSecond: number;
  readonly concurrency: number;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onWait: (reason: 'rate' | 'quiet', ms: number) => void;
}

/** Makes a gate with nobody inside. */
export function createRequestGate(settings: GateSettings): RequestGate {
  const places = createPlaces(settings.concurrency);
  const spacingMs = 1000 / settings.requestsPerSecond;
  let nextTurnAt = 0;
  let quietUntil = 0;

  async function takeTurn(signal: AbortSignal): Promise<void> {
    // A burst of one tenth of a second's worth keeps timers coarser than the spacing from lowering the rate.
    const start = Math.max(nextTurnAt, settings.now() - 100);
    nextTurnAt = start + spacingMs;
    const rateMs = start - settings.now();
    if (rateMs > 1) {
      settings.onWait('rate', rateMs);
      await settings.sleep(rateMs, signal);
    }
    for (let left = quietUntil - settings.now(); left > 0; left = quietUntil - settings.now()) {
      settings.onWait('quiet', left);
      await settings.sleep(left, signal);
    }
  }

  return {
    async enter(signal) {
      throwIfAborted(signal);
      await places.take(signal);
      try {
        await takeTurn(signal);
      } catch (error) {
        places.leave();
        throw error;
      }
      let hasLeft = false;
      return () => {
        if (hasLeft) return;
        hasLeft = true;
        places.leave();
      };
    },
    pause(ms) {
      quietUntil = Math.max(quietUntil, settings.now() + ms);
    },
  };
}

interface Places {
  /** Waits for a free place, in the order of asking. Rejects with the signal's reason when that aborts. */
  take(signal: AbortSignal): Promise<void>;
  leave(): void;
}

function createPlaces(concurrency: number): Places {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    async take(signal) {
      if (inside < concurrency) {
        inside += 1;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const turn = (): void => {
          stopWatching();
          resolve();
        };
        const stopWatching = whenAborted(signal, (reason) => {
          waiting.splice(waiting.indexOf(turn), 1);
          reject(reason);
        });
        waiting.push(turn);
      });
    },
    leave() {
      const next = waiting.shift();
      if (next) next();
      else inside -= 1;
    },
  };
}
