/** Requests at an even pace, whatever the answers take: a slow answer does not hold back the next question. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Case } from './cases.ts';
import type { Person } from './people.ts';

export interface Asked {
  readonly what: Case;
  /** From when it was due, not from when it was sent. */
  readonly ms: number;
}

export interface Question {
  readonly what: Case;
  readonly by: Person;
  readonly path: string;
}

/** @throws Error where the answer is none: what is refused quickly would be counted as fast. */
export async function ask(address: string, { headers }: Person, path: string): Promise<Response> {
  const answer = await fetch(`${address}/api/v1${path}`, { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** @param perSecond of all together. @returns one for each question, in the order of the answers. */
export async function askEvenly(
  address: string,
  questions: readonly Question[],
  perSecond: number,
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const faults: string[] = [];
  const started = performance.now();
  const one = async ({ what, by, path }: Question, due: number): Promise<void> => {
    await delay(Math.max(due - performance.now(), 0));
    try {
      const answer = await ask(address, by, path);
      await answer.arrayBuffer();
      asked.push({ what, ms: performance.now() - due });
    } catch (error) {
      faults.push(`${by.name} ${String(error)}`);
    }
  };
  await Promise.all(questions.map((question, at) => one(question, started + (at * 1000) / perSecond)));
  if (faults.length > 0)
    throw new Error(`${faults.length} requests failed:\n${faults.slice(0, 10).join('\n')}`);
  return asked;
}

const share = (times: readonly number[], of: number): number => {
  const sorted = times.toSorted((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? 0).toFixed(1));
};

export interface Times {
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
}
export const timesOf = (asked: readonly Asked[]): Times => {
  const times = asked.map(({ ms }) => ms);
  return { requests: times.length, p50: share(times, 0.5), p95: share(times, 0.95) };
};
