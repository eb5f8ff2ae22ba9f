/** Why POA&Ms were closed: of each its story, the scans before and after, approvals and evidence. */
import { decidedText } from '../../../canonical/vocabulary/index.ts';
import type { Block, Cell } from '../../../platform/paper/index.ts';
import type { PackedFile } from '../packages/evidence-files.ts';
import type { ReportNote } from '../rendered.ts';
import type { ClosureFacts, DeviationFacts, PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { type Part, said, tablePart, together } from './parts.ts';
import { idOf, ratingOf } from './standing.ts';

const timeOf = (at: string | null): string | null => at?.slice(0, 16).replace('T', ' ') ?? null;
const answered = (value: string | undefined): Cell =>
  value === 'yes' ? 'yes' : { text: value ?? 'unknown', tone: 'bad' };
const plain = (word: string | null): string => (word ?? '').replaceAll('_', ' ');

const evidencePart = ({ evidence }: ClosureFacts): Part =>
  tablePart(
    'Whether each fix is proven by a scan',
    [
      { title: 'Asset', share: 2 },
      { title: 'Plugin', share: 1 },
      { title: 'Fixed at (UTC)', share: 1.5 },
      { title: 'Scan after the fix', share: 1.1 },
      { title: 'Saw the host', share: 1 },
      { title: 'With credentials', share: 1.1 },
      { title: 'Ran the plugin', share: 1 },
      { title: 'Scan', share: 1.6 },
    ],
    evidence.map((of): Cell[] => [
      of.asset ?? 'unknown',
      of.plugin ?? 'unknown',
      timeOf(of.fixedAt ?? null),
      answered(of.after),
      answered(of.sawHost),
      answered(of.authenticated),
      answered(of.ranPlugin),
      of.source ?? null,
    ]),
    { empty: 'No evidence of a scan is on record.' },
  );

const findingsPart = ({ findings }: ClosureFacts): Part =>
  tablePart(
    'Findings, before and after',
    [
      { title: 'Asset', share: 2 },
      { title: 'Plugin', share: 1 },
      { title: 'Weakness', share: 2.4 },
      { title: 'First found', share: 1.2 },
      { title: 'Last found', share: 1.2 },
      { title: 'Fixed', share: 1.2 },
      { title: 'Now', share: 0.9 },
      { title: 'What the plugin last said', share: 4 },
    ],
    findings.map((of): Cell[] => [
      of.asset,
      of.plugin,
      of.name,
      of.firstFound?.slice(0, 10) ?? null,
      of.lastFound?.slice(0, 10) ?? null,
      of.fixedAt?.slice(0, 10) ?? null,
      of.state,
      of.output ?? { text: 'not kept', tone: 'quiet' },
    ]),
    { empty: 'No finding is under it.' },
  );

const approvalsPart = ({ approvals }: ClosureFacts): Part =>
  tablePart(
    'Approvals',
    [
      { title: 'Asked', share: 3 },
      { title: 'By', share: 1.4 },
      { title: 'At (UTC)', share: 1.4 },
      { title: 'Outcome', share: 1.2 },
      { title: 'Decided by', share: 1.4 },
      { title: 'At (UTC)', share: 1.4 },
      { title: 'Reason', share: 2.6 },
    ],
    approvals.map((of): Cell[] => [
      plain(of.asked),
      of.by,
      timeOf(of.at),
      of.status,
      of.decidedBy,
      timeOf(of.decidedAt),
      of.reason,
    ]),
    { empty: 'Nothing about it needed an approval.' },
  );

const storyPart = ({ story }: ClosureFacts): Part =>
  tablePart(
    'What happened, in its order',
    [
      { title: 'At (UTC)', share: 1.4 },
      { title: 'Field', share: 1.6 },
      { title: 'Before', share: 2.6 },
      { title: 'After', share: 2.6 },
      { title: 'Decided by', share: 1.8 },
      { title: 'Reason', share: 2 },
    ],
    story.map((of): Cell[] => [
      timeOf(of.at),
      plain(of.field),
      of.before,
      of.after,
      decidedText(of.by),
      of.reason,
    ]),
    { empty: 'The journal has no entry of it.' },
  );

const filesPart = (files: readonly PackedFile[]): Part =>
  tablePart(
    'Files of evidence in this package',
    [
      { title: 'File', share: 4 },
      { title: 'SHA-256', share: 6 },
    ],
    files.map(({ path, sha256 }): Cell[] => [path, { text: sha256, tone: 'mono' }]),
    { empty: 'No file of evidence is attached to its deviations.' },
  );

function onePart(poam: PoamFacts, closure: ClosureFacts, files: readonly PackedFile[]): Part {
  const facts: Block = {
    kind: 'facts',
    title: idOf(poam),
    items: [
      ['Status', poam.status],
      ['Rating', ratingOf(poam)],
      ['Detected', poam.detectedOn],
      ['Scheduled', poam.scheduledOn],
      ['Completed', poam.completedOn],
      ['Fixed with evidence since', timeOf(closure.verifiedAt)],
      ['Closed by evidence', timeOf(closure.closedByEvidenceAt)],
      ['Contact', poam.contact],
      ['Controls', poam.controls.join(', ')],
      ['CVEs', poam.cves.join(', ')],
      ['What was done', poam.plan],
      ['Comments', poam.comments],
    ],
  };
  const notes: ReportNote[] =
    closure.evidence.length === 0 ? [{ code: 'no_evidence', subject: idOf(poam) }] : [];
  return together(
    said({ kind: 'heading', level: 1, text: `${idOf(poam)}: ${poam.title}` }, facts),
    { blocks: [], notes },
    evidencePart(closure),
    findingsPart(closure),
    approvalsPart(closure),
    filesPart(files),
    storyPart(closure),
  );
}

/** @param filesOf those of a POA&M that lie in the package. */
export function closurePaper(snapshot: Snapshot, filesOf: (poamId: string) => readonly PackedFile[]): Draft {
  const poams = new Map(snapshot.poams.map((poam) => [poam.poamId, poam]));
  const closed = snapshot.closure.flatMap((closure) => {
    const poam = poams.get(closure.poamId);
    return poam ? [{ poam, closure }] : [];
  });
  const list = tablePart(
    'In this package',
    [
      { title: 'POA&M', share: 1.5 },
      { title: 'Weakness', share: 4 },
      { title: 'Rating', share: 1 },
      { title: 'Completed', share: 1.2 },
      { title: 'Findings', share: 0.9, align: 'right' },
      { title: 'Fixes proven', share: 1, align: 'right' },
      { title: 'Files', share: 0.8, align: 'right' },
    ],
    closed.map(({ poam, closure }): Cell[] => [
      idOf(poam),
      poam.title,
      ratingOf(poam),
      poam.completedOn ?? { text: 'not completed', tone: 'bad' },
      closure.findings.length,
      closure.evidence.filter(isProven).length,
      filesOf(poam.poamId).length,
    ]),
    { empty: 'No POA&M was completed in the period.', most: Infinity },
  );
  const { blocks, notes } = together(
    list,
    ...closed.map(({ poam, closure }) => onePart(poam, closure, filesOf(poam.poamId))),
  );
  return {
    title: 'Closure evidence',
    fileWord: 'Closure-Evidence',
    orientation: 'landscape',
    filters: [
      snapshot.closure.length === 1 && snapshot.boundary === null ? 'one POA&M' : 'completed in the period',
    ],
    blocks,
    notes,
  };
}

const isProven = (of: ClosureFacts['evidence'][number]): boolean =>
  [of.after, of.sawHost, of.authenticated, of.ranPlugin].every((each) => each === 'yes');

/** Deviations whose files belong to what is closed. */
export const deviationsOf = ({ deviations }: Snapshot, poamId: string): readonly DeviationFacts[] =>
  deviations.filter((of) => of.poamId === poamId);
