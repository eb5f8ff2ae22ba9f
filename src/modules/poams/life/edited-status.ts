/**
 * What a person's edit of the fields of a POA&M may make of it. Pure. Decisions are not made by an edit: they ask for evidence and for whoever
 * decides, so that each is refused with the command that makes it. What is left of the status follows the table of states.
 */
import type { PoamDecision } from '../../../canonical/policy/index.ts';
import type { FieldFault } from '../../../platform/errors/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { afterEvent, type PoamEvent, stateOf, statusOf } from './poam-states.ts';
import { lacksFor, type PoamContents } from './requirements.ts';

/** Why an edit does not make this decision, and what does. @param after what the field would be. */
export function refusalOfDecision(
  decision: Exclude<PoamDecision, 'cancel'>,
  poamId: string,
  after: Json,
): string {
  switch (decision) {
    case 'complete':
      return `is not set by an edit, because it takes evidence or somebody's agreement: complete it (tieline poams complete ${poamId} --reason "…")`;
    case 'deviate':
      return `is not set by an edit, because somebody decides it: ask for a deviation (tieline deviations request ${poamId})`;
    case 'reopen':
      return `is over, and an edit does not change that: reopen it (tieline poams reopen ${poamId} --reason "…")`;
    case 'extend':
      return typeof after === 'string'
        ? `is promised, and a later day is an extension: ask for an extension (tieline poams extend ${poamId} --to ${after.slice(0, 10)} --reason "…")`
        : `is promised and cannot be emptied: ask for an extension to another day (tieline poams extend ${poamId} --to YYYY-MM-DD --reason "…")`;
  }
}

/** What happens to a POA&M by an edit of its status. */
const editedEvents = [
  'submitted',
  'started',
  'fix_proven',
  'fix_lost',
  'cancelled',
] as const satisfies readonly PoamEvent[];

/**
 * What keeps an edit from giving a POA&M another status, by field; empty: nothing. A status that is a word of its own is moved by a person to
 * whatever it lacks nothing for.
 * @param before its status. @param contents as it would be, with the other fields of the edit.
 */
export function statusFaults(before: Json, after: Json, contents: PoamContents): FieldFault[] {
  const text = (status: Json): string | null => (typeof status === 'string' ? status : null);
  const [from, to] = [stateOf(text(before)), stateOf(text(after))];
  if (to === undefined)
    return [{ field: 'status', message: 'is needed: what is neither open nor ended is on no list' }];
  if (from !== undefined) {
    const may = editedEvents.flatMap((event) => afterEvent(from, event) ?? []);
    if (!may.includes(to))
      return [
        {
          field: 'status',
          message: `cannot become ${statusOf[to]} from ${statusOf[from]}; it may become ${may.map((state) => statusOf[state]).join(', ') || 'nothing else'}`,
        },
      ];
  }
  return lacksFor(to, contents);
}
