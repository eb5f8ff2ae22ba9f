/** Two texts, in words or lines, side by side: what both have, what only the first has, what only the second has. */
export interface ComparedPart {
  readonly is: 'kept' | 'removed' | 'added';
  readonly text: string;
}

/** In order, by a longest common subsequence: the work grows with the product of both lengths, so the caller limits them. */
export function compared(before: readonly string[], after: readonly string[]): readonly ComparedPart[] {
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const parts: ComparedPart[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      parts.push({ is: 'kept', text: old });
      [i, j] = [i + 1, j + 1];
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      parts.push({ is: 'removed', text: old });
      i += 1;
    } else {
      parts.push({ is: 'added', text: fresh ?? '' });
      j += 1;
    }
  }
  return parts;
}
