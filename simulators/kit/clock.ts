/** A simulator's clock: the machine's, put forward or back by `offsetSeconds`, or stopped at `stoppedAt`. */
export interface Clock {
  /** The present instant as this server has it. */
  now(): Date;
  offsetSeconds: number;
  /** While it is set, every request happens at this instant. */
  stoppedAt: Date | undefined;
}

export function createClock(): Clock {
  return {
    offsetSeconds: 0,
    stoppedAt: undefined,
    now() {
      return this.stoppedAt ?? new Date(Date.now() + this.offsetSeconds * 1000);
    },
  };
}
