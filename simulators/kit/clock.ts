/** A simulator's clock: the machine's, put forward or back by `offsetSeconds`. */
export interface Clock {
  /** The present instant as this server has it. */
  now(): Date;
  offsetSeconds: number;
}

export function createClock(): Clock {
  return {
    offsetSeconds: 0,
    now() {
      return new Date(Date.now() + this.offsetSeconds * 1000);
    },
  };
}
