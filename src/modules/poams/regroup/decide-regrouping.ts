/**
 * What becomes of POA&Ms when the rule of their boundary is another one. Pure. Of a weakness before and one after that have findings in common,
 * those with the most in common are the same one: its POA&M continues, with its id, its dates and its history.
 *
 *   before                                          after
 *   has the most in common with one after           continues as that one
 *   all its findings lie under ones that continue    merged into the POA&M with which it has the most in common
 *     others                                         (one that people made is left, and shown as a second one for the same)
 *   the rule names none of its open findings more    ended: cancelled with the reason, never completed
 *   has no open finding                              left: closing by evidence decides about it
 *
 *   after
 *   the most in common with one that continues as    split from that one: gets a POA&M of its own (from a POA&M that people made nothing is
 *     another                                        split off: it answers both)
 *   nothing in common with any before                new
 */

/** A weakness that a living POA&M answers, under the rule of before. */
export interface Before {
  readonly weaknessId: number;
  readonly poamId: string;
  /** Made by Tieline, and not by people. */
  readonly isOurs: boolean;
  /** Open findings under it that the rule of before named. */
  readonly open: number;
  /** Those of them that the rule in force still names, excluded ones too. */
  readonly named: number;
}

/** How many findings a weakness before has in common with one after. */
export interface Common {
  readonly weaknessId: number;
  /** What tells the weakness after from others (`keyOfWeakness`). */
  readonly key: string;
  readonly findings: number;
}

export interface Regrouping {
  readonly continues: readonly { readonly before: Before; readonly key: string }[];
  readonly merged: readonly { readonly before: Before; readonly key: string; readonly into: Before }[];
  readonly ended: readonly Before[];
  readonly split: readonly { readonly key: string; readonly from: Before }[];
}

export function decideRegrouping(before: readonly Before[], common: readonly Common[]): Regrouping {
  const known = new Map(before.map((each) => [each.weaknessId, each]));
  const pairs = common
    .flatMap(({ weaknessId, key, findings }) => {
      const one = known.get(weaknessId);
      return one && findings > 0 ? [{ before: one, key, findings }] : [];
    })
    .toSorted(
      (a, b) =>
        b.findings - a.findings ||
        Number(a.before.isOurs) - Number(b.before.isOurs) ||
        a.before.weaknessId - b.before.weaknessId ||
        (a.key < b.key ? -1 : 1),
    );
  const keyOf = new Map<Before, string>();
  const heirOf = new Map<string, Before>();
  for (const pair of pairs)
    if (!keyOf.has(pair.before) && !heirOf.has(pair.key)) {
      keyOf.set(pair.before, pair.key);
      heirOf.set(pair.key, pair.before);
    }
  const firstOf = <K>(by: (pair: (typeof pairs)[number]) => K): ReadonlyMap<K, (typeof pairs)[number]> =>
    // Of several the first counts, and a later entry of a map replaces an earlier one.
    new Map(pairs.toReversed().map((pair) => [by(pair), pair]));
  const bestOf = firstOf((pair) => pair.before);
  const closestTo = firstOf((pair) => pair.key);
  return {
    continues: [...keyOf].map(([one, key]) => ({ before: one, key })),
    merged: before.flatMap((one) => {
      const best = keyOf.has(one) ? undefined : bestOf.get(one);
      const into = best && heirOf.get(best.key);
      return best && into ? [{ before: one, key: best.key, into }] : [];
    }),
    ended: before.filter((one) => one.isOurs && !bestOf.has(one) && one.open > 0 && one.named === 0),
    split: [...closestTo].flatMap(([key, { before: from }]) =>
      heirOf.has(key) || !from.isOurs ? [] : [{ key, from }],
    ),
  };
}
