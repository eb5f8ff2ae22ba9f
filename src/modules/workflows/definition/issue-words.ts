/** What a schema finds wrong with a field, in words that a person acts on. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** @param isMissing whether nothing stands there. */
export function issueWords(issue: Issue, isMissing: boolean): string {
  // A rule of more than one field says itself what is wrong.
  if (issue.code === 'custom') return issue.message;
  if (isMissing) return 'is required';
  if (
    issue.code === 'too_small' &&
    (issue.origin === 'string' || issue.origin === 'array') &&
    issue.minimum === 1
  )
    return issue.origin === 'string' ? 'is required' : 'is required: at least one';
  if (issue.code === 'too_big' && issue.origin === 'string')
    return `is too long: at most ${issue.maximum} characters`;
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'number')
    return issue.code === 'too_small'
      ? `must be ${issue.minimum} or more`
      : `must be ${issue.maximum} or less`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(', ')}`;
  return issue.message;
}
