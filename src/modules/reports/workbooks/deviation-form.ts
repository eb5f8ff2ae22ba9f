/** FedRAMP's deviation request form: one request a row, with what each kind needs. */
import { severityNamed } from '../../../canonical/vocabulary/index.ts';
import {
  deviationFormColumns,
  type DeviationFormField,
  deviationFormHeaderRow,
  deviationFormSheet,
  type DeviationType,
  fedrampRatingOf,
} from '../../poam-formats/index.ts';
import { mediaTypes, type Rendered, type ReportNote } from '../rendered.ts';
import { fileNameOf, shownAbout } from '../shown-about.ts';
import type { DeviationFacts, PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import type { CellValue } from './cells.ts';
import { assetLines } from './fedramp-rows.ts';
import { plainWorkbook } from './plain-workbook.ts';

type FormRow = { readonly [Field in DeviationFormField]?: CellValue | undefined };

const text = (value: unknown): CellValue | undefined =>
  typeof value === 'string' && value !== '' ? { text: value } : undefined;
const day = (value: string | null): CellValue | undefined => (value === null ? undefined : { day: value });

/** Vendor dependencies need no request, and an acceptance is no word of FedRAMP. */
const types: Readonly<Record<DeviationFacts['kind'], DeviationType | null>> = {
  false_positive: 'FP',
  operational_requirement: 'OR',
  risk_adjustment: 'RA',
  vendor_dependency: null,
  risk_acceptance: null,
};
const states: Readonly<Record<DeviationFacts['state'], string>> = {
  requested: 'Pending',
  approved: 'Approved',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  expired: 'N/A',
  lapsed: 'N/A',
};
const metrics: Readonly<Record<string, DeviationFormField>> = {
  MAV: 'modifiedAttackVector',
  MAC: 'modifiedAttackComplexity',
  MPR: 'modifiedPrivileges',
  MUI: 'modifiedInteraction',
  MC: 'modifiedConfidentiality',
  MI: 'modifiedIntegrity',
  MA: 'modifiedAvailability',
};

/** Of a vector its environmental metrics, each with why it is so. */
function adjustmentCells({ details }: DeviationFacts): FormRow {
  const vector = typeof details['vectorAfter'] === 'string' ? details['vectorAfter'] : '';
  const why =
    typeof details['explanations'] === 'object' && details['explanations'] !== null
      ? details['explanations']
      : {};
  const cells: { [Field in DeviationFormField]?: CellValue } = {};
  for (const part of vector.split('/')) {
    const [metric = '', value = ''] = part.split(':');
    const field = metrics[metric];
    if (field !== undefined) cells[field] = { text: value };
  }
  const explained = Object.entries(why).map(([metric, reason]) => `${metric}: ${String(reason)}`);
  return { ...cells, raExplanation: text([details['mitigation'], ...explained].filter(Boolean).join('\n')) };
}

function rowOf({ deviation, poam, type }: DeviationRequest): FormRow {
  const { details, files } = deviation;
  const attached = text(files.map(({ name }) => name).join('\n'));
  const weakness = poam?.weaknesses[0];
  const initial = severityNamed(poam?.severity ?? deviation.severity);
  const requested = severityNamed(deviation.adjusted);
  const own: Readonly<Record<DeviationType, FormRow>> = {
    FP: { fpEvidence: text(details['proof']), fpAttachments: attached },
    OR: {
      orImpact: text(details['impact']),
      orJustification: text(details['acceptedBecause']),
      orAttachments: attached,
    },
    'OR RA': {
      orImpact: text(details['impact']),
      orJustification: text(details['acceptedBecause']),
      orAttachments: attached,
    },
    RA: { ...adjustmentCells(deviation), raAttachments: attached },
  };
  return {
    number: { text: `DR-${deviation.id}` },
    poamId: { text: poam?.remoteId ?? deviation.poamId },
    scanId: text(poam?.weaknesses.map(({ pluginId, identifier }) => pluginId ?? identifier).join('\n')),
    cves: text(poam?.cves.join('\n')),
    assets: text(deviation.isWholePoam ? poam && assetLines(poam).join('\n') : deviation.assets.join('\n')),
    name: text(poam?.title),
    source: text(poam?.source),
    initialRating: initial === undefined ? undefined : { text: fedrampRatingOf[initial] },
    cvssBase: weakness?.cvss === null || weakness?.cvss === undefined ? undefined : { number: weakness.cvss },
    detectedOn: day(poam?.detectedOn ?? null),
    toolDescription: text(weakness?.description),
    toolAction: text(weakness?.solution),
    providerNotes: text(deviation.controls),
    type: { text: type },
    requestedRating: requested === undefined ? undefined : { text: fedrampRatingOf[requested] },
    submittedOn: day(deviation.requestedOn),
    rationale: text(deviation.rationale),
    ...own[type],
    status: { text: states[deviation.state] },
    reviewStatus: {
      text:
        deviation.state === 'approved' ? 'Approved' : deviation.state === 'rejected' ? 'Rejected' : 'Pending',
    },
    reviewer: text(deviation.decidedBy),
    reviewedOn: day(deviation.decidedOn),
    reviewerComments: text(deviation.decision),
  };
}

/** A deviation that has a row in the form. */
export interface DeviationRequest {
  readonly deviation: DeviationFacts;
  readonly poam: PoamFacts | undefined;
  readonly type: DeviationType;
}

/** @param options.onlyOpen whether those that were decided are left out. @returns with a note of each that the form has no word for. */
export function requestsOf(
  snapshot: Snapshot,
  { onlyOpen }: { readonly onlyOpen: boolean },
): { readonly requests: readonly DeviationRequest[]; readonly notes: readonly ReportNote[] } {
  const poams = new Map(snapshot.poams.map((poam) => [poam.poamId, poam]));
  const notes: ReportNote[] = [];
  const requests: DeviationRequest[] = [];
  for (const deviation of snapshot.deviations) {
    const type = types[deviation.kind];
    if (onlyOpen && deviation.state !== 'requested') continue;
    const poam = poams.get(deviation.poamId);
    const subject = poam?.remoteId ?? deviation.poamId;
    if (type === null)
      notes.push({ code: 'left_out_status', subject, detail: deviation.kind.replaceAll('_', ' ') });
    else {
      if (type === 'OR' && poam?.severity && fedrampRatingOf[poam.severity] === 'High')
        notes.push({ code: 'operational_high', subject });
      requests.push({ deviation, poam, type });
    }
  }
  return { requests, notes };
}

/** @param options.onlyOpen whether those that were decided are left out. @param found of `requestsOf`, where they are at hand. */
export function deviationRequestForm(
  snapshot: Snapshot,
  { onlyOpen, snapshotId }: { readonly onlyOpen: boolean; readonly snapshotId: string },
  { requests, notes } = requestsOf(snapshot, { onlyOpen }),
): Rendered {
  const rows = requests.map((request) => {
    const row = rowOf(request);
    return deviationFormColumns.map(({ field }) => row[field]);
  });
  const about = shownAbout(snapshot, snapshotId);
  const bytes = plainWorkbook(
    [
      {
        name: deviationFormSheet,
        above: [
          about.marking,
          'Deviation requests',
          `Covers: ${about.covers}`,
          `Data as of: ${about.asOf}`,
          `Made by: ${about.generator}, snapshot ${about.snapshot}`,
          onlyOpen ? 'Requests that wait to be decided' : 'All requests, whatever became of them',
        ],
        headerRow: deviationFormHeaderRow,
        columns: deviationFormColumns,
        rows,
      },
    ],
    { snapshot, snapshotId, about },
  );
  return {
    bytes,
    fileName: fileNameOf('Deviation-Requests', snapshot, 'xlsx'),
    mediaType: mediaTypes.xlsx,
    notes,
  };
}
