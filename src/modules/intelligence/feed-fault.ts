import { type FieldFault, TielineError } from '../../platform/errors/index.ts';

/** Where in a feed something is wrong, and what rule it breaks. */
export interface FeedFault {
  readonly file: string;
  /** Such as `line 14` or `vulnerabilities[3]`. */
  readonly where: string;
  readonly field: string;
  readonly message: string;
}

/** The refusal of a feed's file; nothing of it is loaded then. */
export function feedFault({ file, where, field, message }: FeedFault, remedy?: string): TielineError {
  const fields: FieldFault[] = [{ field: `${where}, ${field}`, message }];
  return new TielineError('FEED_INVALID', `${file} was not loaded: nothing of it was stored.`, {
    fields,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** How a value from outside is quoted in a message. */
export const quoted = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** An identifier of the CVE program. */
export const cvePattern = /^CVE-\d{4}-\d{4,19}$/;
