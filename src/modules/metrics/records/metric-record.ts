/** One record that a number counts, and how a page of them is asked for. */
export interface RecordsQuery {
  readonly metric: string;
  readonly measure?: string | undefined;
  readonly system?: string | undefined;
  readonly severity?: string | undefined;
  readonly band?: string | undefined;
  /** `base`: what the number is a share of. */
  readonly part?: 'counted' | 'base' | undefined;
  /** The record and boundary that the page before ended with. */
  readonly after?: { readonly record: string; readonly systemId: string } | undefined;
  readonly limit: number;
}

export interface MetricRecord {
  readonly record: string;
  /** What its page is called by, where it has one. */
  readonly key: string | null;
  readonly title: string | null;
  readonly systemId: string | null;
  readonly severity: string | null;
  readonly band: string | null;
  readonly amount: number | null;
}
