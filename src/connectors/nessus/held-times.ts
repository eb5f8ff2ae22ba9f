import type { ScanFileEvent } from '../kit/index.ts';
import type { ScanTimes } from './scan-times.ts';

/** What is reported about times of a file that could not be read: one event per kind. */
export function heldTimes(times: ScanTimes): Extract<ScanFileEvent, { type: 'held' }>[] {
  return times.untaken.map(({ zone, example, reason, times: count }) => ({
    type: 'held',
    what: 'time',
    identifier: zone === undefined ? 'times' : `times in ${zone}`,
    reason: `${reason}; ${count === 1 ? 'a time was' : `${count} times were`} left out (${example.slice(0, 60)}).${
      zone === undefined
        ? ' Export the file again as the scanner writes it, or with dates as YYYY-MM-DD'
        : ' Import the file again with --zone and the IANA name of the zone that was meant, such as Europe/Dublin'
    }`,
    raw: { zone: zone ?? null, example, times: count },
  }));
}
