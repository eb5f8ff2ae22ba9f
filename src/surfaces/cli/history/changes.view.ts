/** What an operation changed, each value whole: record, field, before, after, why. */
import type { JournalEntryFacts } from '../../../review/operations/index.ts';
import { isJsonObject, type Json, scalarText } from '../../../platform/values/index.ts';
import { entityWord } from '../kit/entity-word.ts';

interface Page {
  readonly id: string;
  readonly count: number;
  readonly exact: boolean;
  readonly next: number | null;
}

const shown = (value: Json): string =>
  value === null
    ? '(empty)'
    : isJsonObject(value) || Array.isArray(value)
      ? JSON.stringify(value)
      : scalarText(value);

export function changeLines(changes: readonly JournalEntryFacts[], page: Page): string[] {
  if (changes.length === 0) return ['It changed nothing.'];
  const more = page.count - changes.length;
  return [
    ...changes.flatMap((change) => [
      `${entityWord(change.entity, 1)} ${change.record}${change.title === null || change.title === change.record ? '' : `: ${change.title}`}`,
      ...(change.field === null
        ? [`  ${change.kind}`]
        : [`  ${change.field}: ${shown(change.before)} → ${shown(change.after)}`]),
      `  why: ${[change.decidedBy, change.reason].filter(Boolean).join('; ')}`,
    ]),
    ...(page.next === null
      ? []
      : [
          '',
          `… ${more.toLocaleString('en-US')}${page.exact ? '' : ' or'} more: tieline ops show ${page.id} --changes --after ${page.next}`,
        ]),
  ];
}
