import type { Waiting, WaitingKind } from '../../../operate/status/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { runnable, type PlaceFlags } from '../kit/hint.ts';

const kinds: Readonly<Record<WaitingKind, { readonly words: string; readonly command: string }>> = {
  conflicts: { words: 'conflicts', command: 'tieline conflicts list' },
  matches: { words: 'asset matches', command: 'tieline matches list' },
  unreported_assets: { words: 'machines no source reports', command: 'tieline assets unreported' },
  approvals: { words: 'for approval', command: 'tieline approvals list' },
  refused: { words: 'changes refused', command: 'tieline outbox list' },
  held_records: { words: 'records held', command: 'tieline ops list, tieline ops show ID' },
  poam_questions: { words: 'questions about POA&Ms', command: 'tieline inbox --kind poam_question' },
  paused_systems: { words: 'systems paused', command: 'tieline connections list' },
};

/** What waits for a person, by kind, with the command that shows it. @param width of the terminal. */
export function waitingText(
  waiting: readonly Waiting[],
  width: number | undefined,
  place: PlaceFlags,
): string {
  const some = waiting.filter((each) => each.count > 0);
  if (some.length === 0) return 'Nothing waits for a person.';
  return fittedTable(
    ['WAITS FOR A PERSON', '', 'OF WHICH', 'SEE'],
    some.map(({ kind, count, of }) => [
      kinds[kind].words,
      count.toLocaleString('en-US'),
      parts(kind, of),
      // Before the table is fitted to the width, which would break the command.
      runnable(kinds[kind].command, place),
    ]),
    width,
  );
}

function parts(kind: WaitingKind, of: Readonly<Record<string, number>>): string {
  const names = Object.entries(of);
  if (kind === 'paused_systems') return names.map(([name]) => name).join(', ');
  return kind === 'matches' || kind === 'unreported_assets'
    ? ''
    : names.map(([name, n]) => `${n} ${name}`).join(', ');
}
