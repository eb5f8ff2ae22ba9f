/** What a piece of work costs this process. */

export interface Measured<T> {
  readonly result: T;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

export async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const used = process.cpuUsage(cpu);
  return {
    result,
    cpuSeconds: (used.user + used.system) / 1e6,
    seconds: (performance.now() - started) / 1000,
  };
}

/** 0 of none. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
