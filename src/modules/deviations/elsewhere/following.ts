/** What the parts of a step are told. */

/** The GRC system of the step. */
export interface Elsewhere {
  readonly id: number;
  readonly name: string;
  /** Whether mappings and policies let out what deviations say; else its decisions are only imported. */
  readonly isShown: boolean;
}

export interface Following {
  readonly system: Elsewhere;
  readonly operationId: string;
  readonly now: Date;
}
