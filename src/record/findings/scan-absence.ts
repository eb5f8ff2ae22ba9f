/** What follows from the scans that showed a finding and those that must have shown it and did not. Pure. */

export interface Transitions {
  /** When it was first found gone, each time after it had been seen. */
  readonly fixed: readonly string[];
  /** When it was first seen again, each time. */
  readonly reopened: readonly string[];
}

/**
 * Puts sightings and absences in the order of their times. What was never seen before cannot have been fixed; of a sighting and an
 * absence at the same time the sighting counts. Depends on neither the order nor the number of times that each is reported.
 * @param seen, @param absent times in one spelling that sorts.
 */
export function transitionsOf(seen: readonly string[], absent: readonly string[]): Transitions {
  const sightings = new Set(seen);
  const times = [...new Set([...seen, ...absent])].toSorted();
  const fixed: string[] = [];
  const reopened: string[] = [];
  let state: 'unknown' | 'there' | 'gone' = 'unknown';
  for (const time of times) {
    if (sightings.has(time)) {
      if (state === 'gone') reopened.push(time);
      state = 'there';
    } else if (state === 'there') {
      fixed.push(time);
      state = 'gone';
    }
  }
  return { fixed, reopened };
}
