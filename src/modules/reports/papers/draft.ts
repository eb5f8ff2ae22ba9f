/** From what a report says to its file: its head, what it leaves out, and the PDF. */
import { type Block, printPaper } from '../../../platform/paper/index.ts';
import { mediaTypes, noteSentences, type Rendered, type ReportNote } from '../rendered.ts';
import { fileNameOf, shownAbout } from '../shown-about.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

export interface Draft {
  readonly title: string;
  /** How its file is called, before boundary and day. */
  readonly fileWord: string;
  readonly orientation: 'portrait' | 'landscape';
  /** What was chosen beside period and boundary, in words. */
  readonly filters: readonly string[];
  readonly blocks: readonly Block[];
  readonly notes: readonly ReportNote[];
}

export interface Printing {
  readonly snapshot: Snapshot;
  readonly snapshotId: string;
  readonly signal: AbortSignal;
}

const listedNotes = 60;

/** What it leaves out, in the words of its list. Many of one kind are named together. */
function leftOut(notes: readonly ReportNote[]): Block[] {
  const heading: Block = { kind: 'heading', level: 1, text: 'What this report leaves out' };
  if (notes.length === 0)
    return [heading, { kind: 'text', text: 'Nothing that it is asked for was left out or shortened.' }];
  const items = [...Map.groupBy(notes, ({ code, detail }) => `${code} ${detail ?? ''}`).values()].map(
    (same) => {
      const [{ code, detail }] = same as [ReportNote, ...ReportNote[]]; // a group is not empty
      const names = same.map(({ subject }) => subject).filter((subject) => subject !== '');
      const some =
        names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
      return `${some}${some === '' ? '' : ': '}${noteSentences[code]}${detail === undefined ? '' : ` (${detail})`}.`;
    },
  );
  const rest = items.length - listedNotes;
  return [
    heading,
    { kind: 'list', items: items.slice(0, listedNotes) },
    ...(rest > 0
      ? [
          {
            kind: 'text',
            text: `${rest} more are listed with the report in Tieline: tieline reports show.`,
          } as const,
        ]
      : []),
  ];
}

/** Prints a draft as PDF. @throws the signal's reason. */
export async function printDraft(
  draft: Draft,
  { snapshot, snapshotId, signal }: Printing,
): Promise<Rendered> {
  const about = shownAbout(snapshot, snapshotId);
  const { bytes, lacking } = await printPaper(
    {
      title: draft.title,
      subtitle: about.covers === 'every boundary' ? 'Every authorization boundary' : about.covers,
      marking: about.marking,
      orientation: draft.orientation,
      at: new Date(snapshot.takenAt),
      author: about.generator,
      about: [
        ['Period', about.period],
        ['Data as of', about.asOf],
        ['Chosen', draft.filters.length === 0 ? 'no filter' : draft.filters.join('; ')],
        ['Made by', `${about.generator}, snapshot ${about.snapshot}`],
      ],
      foot: `${draft.title} · data as of ${about.asOf} · ${about.generator} · snapshot ${about.snapshot}`,
      blocks: [...draft.blocks, ...leftOut(draft.notes)],
    },
    signal,
  );
  const letters: ReportNote[] =
    lacking.length === 0 ? [] : [{ code: 'unprintable', subject: lacking.slice(0, 20).join(' ') }];
  return {
    bytes,
    fileName: fileNameOf(draft.fileWord, snapshot, 'pdf'),
    mediaType: mediaTypes.pdf,
    notes: [...draft.notes, ...letters],
  };
}
