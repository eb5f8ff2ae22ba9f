/** What came of a person's word about a match. */
export interface MatchSettled {
  readonly id: number;
  readonly operationId: string | null;
  readonly asset: string | null;
  readonly assetName: string | null;
  readonly choice: string | null;
  /** The standing decision that was made. */
  readonly standing: number | null;
  /** The boundary rule that was made. */
  readonly ruleId: number | null;
  /** Other assets that have the component too. */
  readonly sharedWith: readonly { readonly assetUuid: string; readonly hostname: string | null }[];
}
