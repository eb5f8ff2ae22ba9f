/** CPU of other processes, from Linux's /proc: how much of a benchmark was PostgreSQL, and how much the simulated remote. */
import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks a second as /proc shows them (USER_HZ), the same on every Linux. */
const ticksPerSecond = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Seconds of the process itself, and of children that ended and were waited for. */
  readonly own: number;
  readonly ofEnded: number;
}

function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so the fields are counted after its end (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (first: number): number => Number(fields[first]) + Number(fields[first + 1]);
    return {
      parent: Number(fields[1]),
      own: ticks(11) / ticksPerSecond,
      ofEnded: ticks(13) / ticksPerSecond,
    };
  } catch {
    return undefined;
  }
}

const everyPid = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** @throws Error if there is no such process. */
export function parentOf(pid: number): number {
  const times = timesOf(pid);
  if (!times) throw new Error(`process ${pid} is gone`);
  return times.parent;
}

/** Seconds of CPU that a process and its children (a postmaster's backends, also those that ended) took so far. */
export function cpuSecondsOf(pid: number): number {
  const root = timesOf(pid);
  if (!root) throw new Error(`process ${pid} is gone`);
  const children = everyPid().flatMap((each) => {
    const times = timesOf(each);
    return times?.parent === pid ? [times.own] : [];
  });
  return children.reduce((sum, each) => sum + each, root.own + root.ofEnded);
}
