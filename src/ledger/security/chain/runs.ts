/** Places of a chain that retention took away, as runs without gaps, each with the link that it ended with. */
export class Runs {
  readonly #runs: { readonly from: number; readonly to: number; readonly link: Buffer }[] = [];

  add(from: number, to: number, link: Buffer): void {
    this.#runs.push({ from, to, link });
    this.#runs.sort((one, other) => one.from - other.from);
  }

  /** What of these places is in no run. */
  without(from: number, to: number): { readonly from: number; readonly to: number }[] {
    const left: { from: number; to: number }[] = [];
    let next = from;
    for (const run of this.#runs) {
      if (run.to < next || run.from > to) continue;
      if (run.from > next) left.push({ from: next, to: run.from - 1 });
      next = Math.max(next, run.to + 1);
    }
    if (next <= to) left.push({ from: next, to });
    return left;
  }

  /** The link of the row that was at this place, where a run ended with it. */
  linkAt(seq: number): Buffer | undefined {
    return this.#runs.find((run) => run.to === seq)?.link;
  }
}
