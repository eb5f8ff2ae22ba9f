/** Conditions of a run: its record is read once a step, and a condition once a process. */
import type { RecordKind } from '../../../canonical/workflow/index.ts';
import type { Answer, CompiledCondition, Snapshot, WorkflowParts } from '../parts.ts';
import type { Why } from './trace-words.ts';
import type { Working } from './step-result.ts';

const compiled = new WeakMap<WorkflowParts, Map<string, CompiledCondition | string>>();
const keptAtMost = 2_000;

/** @returns a text where it cannot be read: it was saved by an earlier version of Tieline, whose records had other fields. */
export function conditionOf(
  parts: WorkflowParts,
  kind: RecordKind,
  text: string,
  gives: 'yes' | 'yes_or_time' = 'yes',
): CompiledCondition | string {
  const known = compiled.get(parts) ?? new Map<string, CompiledCondition | string>();
  compiled.set(parts, known);
  const key = `${kind} ${gives} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = parts.compile(kind, text, gives);
  const condition =
    made.problems === undefined ? made : made.problems.map(({ message }) => message).join(' ');
  if (known.size >= keptAtMost) known.clear();
  known.set(key, condition);
  return condition;
}

export async function snapshotOfRun({ app, parts, run, at }: Working): Promise<Snapshot | undefined> {
  const [snapshot] = await parts.snapshots(app.db, run.recordKind, [run.recordId], at);
  return snapshot;
}

export type Judged =
  | { readonly is: 'true' }
  | { readonly is: 'false'; readonly why: Why }
  | { readonly is: 'time'; readonly at: Date }
  | { readonly is: 'failed'; readonly why: Why };

/** A condition that reads what is empty is not true of the record; the trace says which field it was. */
export function judge(answer: Answer): Judged {
  switch (answer.is) {
    case 'answer':
      return answer.value ? { is: 'true' } : { is: 'false', why: { code: 'condition_false' } };
    case 'time':
      return { is: 'time', at: answer.value };
    case 'unknown':
      return {
        is: 'false',
        why: { code: 'condition_unknown', params: { field: answer.field, reason: answer.why } },
      };
    case 'failed':
      return { is: 'failed', why: { code: 'condition_failed', params: { text: answer.message } } };
  }
}

/** Pure, but for what was compiled before. */
export function evaluate(
  working: Pick<Working, 'parts' | 'at'>,
  snapshot: Snapshot,
  text: string,
  gives: 'yes' | 'yes_or_time' = 'yes',
): Judged {
  const condition = conditionOf(working.parts, snapshot.kind, text, gives);
  if (typeof condition === 'string')
    return { is: 'failed', why: { code: 'condition_failed', params: { text: condition } } };
  return judge(condition.evaluate(snapshot, working.at));
}

export const recordGone: Why = { code: 'record_gone' };
