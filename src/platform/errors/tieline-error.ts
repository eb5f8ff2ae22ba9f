import { shownLines, shownText } from './shown-text.ts';
import { errorRegistry, type ErrorCode, type ErrorEntry } from './registry.ts';

/** One field that was refused: which, by what rule, and what would be accepted. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export interface TielineErrorOptions {
  readonly cause?: unknown;
  /** What to do, where the registry's general remedy can be made more exact. */
  readonly remedy?: string;
  readonly fields?: readonly FieldFault[];
}

/**
 * The one error class of Tieline. The code decides policy (exit code, retry), the message says what and
 * where; neither ever holds a secret, because secrets are `Secret` objects that print as `[secret]`, and what a remote echoes is
 * masked (`platform/http/secret-mask.ts`). Text from outside that is quoted in it is escaped, so that it can be stored and shown.
 */
export class TielineError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly fields: readonly FieldFault[];

  constructor(code: ErrorCode, message: string, options: TielineErrorOptions = {}) {
    super(shownLines(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TielineError';
    this.code = code;
    this.remedy = shownLines(options.remedy ?? errorRegistry[code].remedy);
    this.fields = (options.fields ?? []).map((fault) => ({
      field: shownText(fault.field),
      message: shownLines(fault.message),
    }));
  }

  /** Rewrites every text of it, in place, for what must not be read in it. */
  rewrite(change: (text: string) => string): void {
    this.message = change(this.message);
    if (this.stack !== undefined) this.stack = change(this.stack);
    Object.assign(this, {
      remedy: change(this.remedy),
      fields: this.fields.map(({ field, message }) => ({ field: change(field), message: change(message) })),
    });
  }

  get entry(): ErrorEntry {
    return errorRegistry[this.code];
  }
}

/** The message of anything thrown, for a sentence that continues. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '')
    return thrown.errors.map((each) => messageOf(each)).join('; ');
  return thrown instanceof Error ? thrown.message : String(thrown);
}
