/** The closure evidence package: the paper, the facts of each POA&M as JSON, and the files of evidence of its deviations. */
import { closurePaper, deviationsOf } from '../papers/closure-paper.ts';
import { printDraft } from '../papers/draft.ts';
import type { RenderedFile, ToRender } from '../rendered.ts';
import { findEvidence, type PackedFile, plainName } from './evidence-files.ts';
import { jsonBytes, packed } from './packed.ts';

/** @throws the signal's reason. */
export async function closurePackage(what: ToRender): Promise<RenderedFile> {
  const { snapshot } = what;
  const attachedTo = (poamId: string) => deviationsOf(snapshot, poamId).flatMap(({ files }) => files);
  const evidence = await findEvidence(
    snapshot.closure.flatMap(({ poamId }) => attachedTo(poamId)),
    what,
  );
  const filesOf = (poamId: string): PackedFile[] => [
    ...new Set(attachedTo(poamId).flatMap(({ sha256 }) => evidence.byHash.get(sha256) ?? [])),
  ];
  const draft = closurePaper(snapshot, filesOf);
  const paper = await printDraft({ ...draft, notes: [...draft.notes, ...evidence.notes] }, what);
  const documents = new Map([['Closure-Evidence.pdf', paper.bytes]]);
  for (const closure of snapshot.closure) {
    const poam = snapshot.poams.find((each) => each.poamId === closure.poamId);
    const deviations = deviationsOf(snapshot, closure.poamId);
    documents.set(`poams/${plainName(closure.poamId)}.json`, jsonBytes({ poam, closure, deviations }));
  }
  return packed(
    {
      report: 'closure-evidence',
      word: 'Closure-Evidence',
      documents,
      evidence: evidence.files,
      notes: paper.notes,
    },
    what,
  );
}
