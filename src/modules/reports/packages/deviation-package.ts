/**
 * The deviation request package: the request form, the list of its evidence, and the files themselves (grc-formats 5.1). What an authorizing
 * official needs to decide, in one file.
 */
import { idOf } from '../named-facts.ts';
import type { RenderedFile, ToRender } from '../rendered.ts';
import { shownAbout } from '../shown-about.ts';
import type { CellValue } from '../workbooks/cells.ts';
import { deviationRequestForm, type DeviationRequest, requestsOf } from '../workbooks/deviation-form.ts';
import { plainWorkbook } from '../workbooks/plain-workbook.ts';
import { type Evidence, findEvidence } from './evidence-files.ts';
import { packed } from './packed.ts';

const columns = [
  { header: 'Request', width: 12 },
  { header: 'POA&M', width: 20 },
  { header: 'Type', width: 10 },
  { header: 'File', width: 40 },
  { header: 'In this package', width: 60 },
  { header: 'SHA-256', width: 70 },
  { header: 'Bytes', width: 14 },
];

/** A row for each file of a request, and one for a request that has none: that it lacks evidence is to be seen. */
function evidenceRows(
  { deviation, poam, type }: DeviationRequest,
  { byHash }: Evidence,
): (CellValue | undefined)[][] {
  const of = [
    { text: `DR-${deviation.id}` },
    { text: poam === undefined ? deviation.poamId : idOf(poam) },
    { text: type },
  ];
  if (deviation.files.length === 0) return [[...of, { text: 'No file was attached' }]];
  return deviation.files.map(({ name, sha256 }) => {
    const file = byHash.get(sha256);
    return [
      ...of,
      { text: name },
      { text: file?.path ?? 'missing: see what was left out in manifest.json' },
      { text: sha256 },
      file === undefined ? undefined : { number: file.bytes },
    ];
  });
}

/** @throws the signal's reason. */
export async function deviationPackage(what: ToRender): Promise<RenderedFile> {
  const { snapshot, snapshotId, parameters } = what;
  const options = { onlyOpen: parameters['state'] !== 'all', snapshotId };
  const found = requestsOf(snapshot, options);
  const form = deviationRequestForm(snapshot, options, found);
  const { requests } = found;
  const evidence = await findEvidence(
    requests.flatMap(({ deviation }) => deviation.files),
    what,
  );
  const about = shownAbout(snapshot, snapshotId);
  const list = plainWorkbook(
    [
      {
        name: 'Evidence',
        above: [
          about.marking,
          'Evidence of deviation requests',
          `Covers: ${about.covers}`,
          `Data as of: ${about.asOf}`,
        ],
        headerRow: 6,
        columns,
        rows: requests.flatMap((request) => evidenceRows(request, evidence)),
      },
    ],
    { snapshot, snapshotId, about },
  );
  return packed(
    {
      report: 'deviation-package',
      word: 'Deviation-Requests',
      documents: new Map([
        ['Deviation-Requests.xlsx', form.bytes],
        ['Evidence-List.xlsx', list],
      ]),
      evidence: evidence.files,
      notes: [...form.notes, ...evidence.notes],
    },
    what,
  );
}
