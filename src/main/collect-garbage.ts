/** One whole collection of garbage, where a process goes over from starting to serving. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Starting reads and compiles some thousand files and leaves a third of the heap as garbage. V8 lets a heap grow by a part of what it found at
 * its last whole collection, which came in the middle of that: a server would carry it all day (measured: 192 MB resident before, 163 after).
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: object) => void; // put there by the flag
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
