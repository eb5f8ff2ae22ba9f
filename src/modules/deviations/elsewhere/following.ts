/** What the parts of a step are told. */

/** The GRC system of the step. */
export interface Elsewhere {
  readonly id: number;
  readonly name: string;
  /** Of which POA&Ms mappings and policies let out what deviations say; of the others its decisions are only imported. */
  readonly readShown: (poamIds: readonly string[]) => Promise<(poamId: string) => boolean>;
}

export interface Following {
  readonly system: Elsewhere;
  readonly operationId: string;
  readonly now: Date;
}
