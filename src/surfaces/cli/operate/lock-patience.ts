/** How long a change of the schema keeps trying for its locks, in milliseconds. */
export const lockPatienceMs = 300_000;
