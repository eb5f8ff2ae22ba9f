/** A small seeded generator (mulberry32): the same seed gives the same world on any machine. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** A whole number from least to most, both included. */
  between(least: number, most: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  chance(probability: number): boolean;
  hex(digits: number): string;
}

export function createRandom(...seeds: (number | string)[]): Random {
  // FNV-1a over the seeds, so that neighbouring seeds give unrelated worlds.
  let state = 0x811c9dc5;
  for (const character of seeds.join('/'))
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    chance: (probability) => next() < probability,
    hex: (digits) => Array.from({ length: digits }, () => between(0, 15).toString(16)).join(''),
  };
}

/** A UUID of version 4 form from the generator. */
export function randomUuid(random: Random): string {
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-${'89ab'[random.between(0, 3)] ?? '8'}${random.hex(3)}-${random.hex(12)}`;
}

export function daysBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString().replace(/\.\d+Z$/, '.000Z');
}
