/** A refusal of the server: RFC 9457, with the code of docs/errors.md and what to do about it. */
export interface ProblemBody {
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code?: string;
  readonly remedy?: string;
  readonly retryable?: boolean;
  readonly requestId?: string;
  readonly permission?: string;
  readonly scope?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string; readonly code?: string }[];
  /** With 412: the record as it is now. */
  readonly present?: unknown;
}

export class Problem extends Error {
  readonly status: number;
  readonly body: ProblemBody;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: ProblemBody, retryAfterSeconds?: number) {
    super(body.detail ?? body.title ?? `The server answered with status ${status}.`);
    this.name = 'Problem';
    this.status = status;
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get code(): string {
    return this.body.code ?? `HTTP_${this.status}`;
  }

  /** Whether the same request may succeed a moment later. */
  get retryable(): boolean {
    return this.body.retryable ?? (this.status === 503 || this.status === 429 || this.status === 0);
  }
}

/** Status 0: nothing answered. */
export const unreachable = (): Problem =>
  new Problem(0, {
    code: 'UNREACHABLE',
    title: 'Tieline cannot be reached.',
    detail: 'Tieline cannot be reached.',
    remedy: 'Check the network. This page tries again by itself.',
    retryable: true,
  });

export const problemOf = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem(0, { code: 'CONSOLE', title: 'The console failed.', detail: String(error) });
