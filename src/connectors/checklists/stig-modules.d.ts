/** The part of the library that is used; its own declarations are of a module of another name. */
declare module '@nuwcdivnpt/stig-manager-client-modules' {
  export interface ParsedReview {
    readonly ruleId: string;
    /** A word of XCCDF. */
    readonly result: string;
    readonly detail: string | null;
    readonly comment: string | null;
    readonly resultEngine: { readonly time?: string } | null;
  }
  export interface ParsedFile {
    readonly target: {
      readonly name: string;
      readonly ip: string | null;
      readonly fqdn: string | null;
      readonly mac: string | null;
    };
    readonly checklists: readonly {
      readonly benchmarkId: string;
      readonly revisionStr: string | null;
      readonly reviews: readonly ParsedReview[];
    }[];
  }
  type Parse = (given: {
    readonly data: string;
    readonly fieldSettings: object;
    readonly allowAccept: boolean;
    readonly importOptions: object;
    readonly sourceRef: string;
  }) => ParsedFile;
  export const reviewsFromCkl: Parse;
  export const reviewsFromCklb: Parse;
  export const reviewsFromXccdf: Parse;
}
