/** One thing that was looked at of a way to sign in, for `serve check-…` and the page Sign-in. */
export interface SignInCheck {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** Of what is not ok. */
  readonly remedy?: string;
}
