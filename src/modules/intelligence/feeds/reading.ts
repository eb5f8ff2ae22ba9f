/** What the reader of a feed makes of its file. */
import type { z } from 'zod';
import type { CveReport, EpssScore } from '../../../record/intelligence/index.ts';
import { feedFault, quoted } from '../feed-fault.ts';

/** Which issue of the feed a file is; null where it does not say. */
export interface FeedIssue {
  readonly version: string | null;
  /** ISO 8601 with its zone. */
  readonly date: string | null;
}

/** Something that was read as far as possible and that a person is told of. */
export type Note = (text: string) => void;

export interface ReportReading {
  readonly kind: 'reports';
  readonly issue: FeedIssue;
  readonly reports: AsyncIterable<CveReport>;
  /** Whether the file is all that the feed lists, so that what it lacks is withdrawn. */
  readonly isWhole: boolean;
}

export interface ScoreReading {
  readonly kind: 'scores';
  readonly issue: FeedIssue;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly scores: AsyncIterable<EpssScore>;
}

export type FeedReading = ReportReading | ScoreReading;

/** Reads a record by its schema. @throws FEED_INVALID naming the record, the field, the rule. */
export function parseRecord<Schema extends z.ZodType>(
  schema: Schema,
  record: unknown,
  at: { readonly file: string; readonly where: string },
): z.output<Schema> {
  const read = schema.safeParse(record);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path ?? [];
  let value: unknown = record;
  for (const step of path)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  throw feedFault({
    ...at,
    field: path.length === 0 ? 'the record' : path.join('.'),
    message: `${quoted(value)}: ${issue?.message ?? 'not as expected'}`,
  });
}
