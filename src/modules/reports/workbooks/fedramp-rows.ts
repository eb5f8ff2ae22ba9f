/** What each cell of the FedRAMP POA&M workbook says of a POA&M (CSP POA&M Template Completion Guide 2.2, table 2). Pure. */
import { daysBetween } from '../../../platform/timings/index.ts';
import { idOf, isLiving } from '../named-facts.ts';
import { severityNamed } from '../../../canonical/vocabulary/index.ts';
import {
  deviationTitle,
  fedrampRatingOf,
  type FedrampSheet,
  fedrampSheetOf,
  type PoamField,
  writeDeviationRationale,
  writeMilestoneChanges,
  writePlannedMilestones,
} from '../../poam-formats/index.ts';
import type { ReportNote } from '../rendered.ts';
import type { DeviationFacts, MilestoneFacts, PoamFacts } from '../snapshot/snapshot.ts';
import { unsaidNotes } from '../unsaid.ts';
import type { CellValue } from './cells.ts';

export type RowCells = { readonly [Field in PoamField]?: CellValue | undefined };

export interface FedrampRow {
  readonly sheet: FedrampSheet;
  readonly cells: RowCells;
  readonly notes: readonly ReportNote[];
}

const text = (value: string | null): CellValue | undefined =>
  value === null || value === '' ? undefined : { text: value };
const day = (value: string | null): CellValue | undefined => (value === null ? undefined : { day: value });
const lines = (values: readonly string[]): CellValue | undefined => text(values.join('\n'));

/** Plugin ids as numbers where they are: the template wants a number there. */
function identifierOf({ weaknesses }: PoamFacts): CellValue {
  const ids = [...new Set(weaknesses.map(({ pluginId, identifier }) => pluginId ?? identifier))];
  const [only] = ids;
  if (only === undefined) return { text: 'None' };
  return ids.length === 1 && /^\d{1,15}$/.test(only) ? { number: Number(only) } : { text: ids.join('\n') };
}

/** One a line with port and protocol, no shorthand and no ranges. */
export const assetLines = ({ assets }: Pick<PoamFacts, 'assets'>): string[] =>
  assets.flatMap(({ name, ports }) =>
    ports.length === 0 ? [name] : ports.map((port) => `${name} (${port})`),
  );

const oneLine = (value: string): string => value.replaceAll(/\s*\n\s*/g, ' ').trim();

/** Planned milestones never change: the days are the first ones. What came later is in the changes. */
function milestoneCells(milestones: readonly MilestoneFacts[]) {
  const numbered = milestones.map((milestone, index) => ({ ...milestone, number: index + 1 }));
  const planned = numbered
    .filter(({ addedOn }) => addedOn === null)
    .map(({ number, plannedOn, text: words }) => ({ number, day: plannedOn, text: words }));
  const changes = numbered.flatMap(({ number, addedOn, changes: moves, ...milestone }) => [
    ...(addedOn === null
      ? []
      : [
          {
            number,
            change: 'New' as const,
            day: milestone.plannedOn ?? milestone.scheduledOn,
            text: milestone.text,
          },
        ]),
    ...moves.map(({ to, reason, on }) => ({
      number,
      change: 'Update' as const,
      day: to,
      text: oneLine(reason ?? `moved on ${on}`),
    })),
    ...(milestone.completedOn === null
      ? []
      : [{ number, change: 'Complete' as const, day: milestone.completedOn, text: oneLine(milestone.text) }]),
  ]);
  const undated = numbered.filter(({ plannedOn, scheduledOn }) => plannedOn === null && scheduledOn === null);
  return { planned: writePlannedMilestones(planned), changes: writeMilestoneChanges(changes), undated };
}

/** Pending when the request is sent; Yes or No by the AO. */
function decisionOf(deviations: readonly DeviationFacts[], kind: DeviationFacts['kind']): CellValue {
  const of = deviations.filter((deviation) => deviation.kind === kind);
  if (of.some(({ state }) => state === 'approved')) return { text: 'Yes' };
  return { text: of.some(({ state }) => state === 'requested') ? 'Pending' : 'No' };
}

function deviationCells(poam: PoamFacts, deviations: readonly DeviationFacts[]): RowCells {
  const living = deviations.filter(isLiving);
  const adjustment = living.find(({ kind }) => kind === 'risk_adjustment');
  const adjusted = severityNamed(adjustment?.adjusted ?? null);
  const vendor = living.find(({ kind }) => kind === 'vendor_dependency');
  const product = vendor?.details['product'];
  const said = writeDeviationRationale(living) ?? poam.deviationRationale;
  return {
    vendorDependency: { text: vendor ? 'Yes' : 'No' },
    vendorCheckInOn: day(vendor?.checkIns.at(-1)?.on ?? null),
    vendorProduct: text(typeof product === 'string' ? product : null),
    adjustedRating: { text: adjusted ? fedrampRatingOf[adjusted] : 'N/A' },
    riskAdjustment: decisionOf(deviations, 'risk_adjustment'),
    falsePositive: decisionOf(deviations, 'false_positive'),
    operationalRequirement: decisionOf(deviations, 'operational_requirement'),
    deviationRationale: text(said),
    supportingDocuments: lines(
      deviations.flatMap(({ kind, files }) =>
        files.map(
          ({ name }) =>
            `${kind === 'vendor_dependency' ? 'Evidence of Vendor Dependency' : 'Deviation Request'} : ${name}`,
        ),
      ),
    ),
  };
}

function kevCells({ kev }: PoamFacts): RowCells {
  if (kev === null) return {};
  const due = kev.flatMap(({ due: on }) => (on === null ? [] : [on])).toSorted()[0];
  return { knownExploited: { text: kev.length > 0 ? 'Yes' : 'No' }, knownExploitedDue: day(due ?? null) };
}

function notesOf(
  poam: PoamFacts,
  deviations: readonly DeviationFacts[],
  { today, undated }: { readonly today: string; readonly undated: number },
): ReportNote[] {
  const subject = idOf(poam);
  const notes: ReportNote[] = [];
  const note = (code: ReportNote['code'], detail?: string): void =>
    void notes.push(detail === undefined ? { code, subject } : { code, subject, detail });
  if (poam.detectedOn === null) note('no_date', 'Original Detection Date');
  if (poam.scheduledOn === null) note('no_date', 'Scheduled Completion Date');
  if (poam.contact === null) note('no_contact');
  if (poam.severity === null) note('no_rating');
  if (undated > 0) note('left_out_milestone', String(undated));
  for (const { kind, checkIns, rationale } of deviations.filter(isLiving)) {
    if (
      kind === 'operational_requirement' &&
      poam.severity !== null &&
      fedrampRatingOf[poam.severity] === 'High'
    )
      note('operational_high');
    if (deviationTitle(kind) !== undefined && rationale.trim() === '')
      note('missing_rationale', deviationTitle(kind));
    const last = checkIns.at(-1)?.on;
    if (kind === 'vendor_dependency' && (last === undefined || daysBetween(last, today) > 30))
      note('vendor_check_in');
  }
  return [
    ...notes,
    ...unsaidNotes(poam, ['rating', 'relevance', 'likelihood', 'impact', 'residual', 'cost']),
  ];
}

/** Approved false positives of the whole item are closed; what audits of configuration found has a sheet of its own while it is open. */
function sheetOf(poam: PoamFacts, deviations: readonly DeviationFacts[]): FedrampSheet | null {
  const isFalse = deviations.some(
    ({ kind, state, isWholePoam }) => kind === 'false_positive' && state === 'approved' && isWholePoam,
  );
  const sheet = isFalse ? 'closed' : fedrampSheetOf[poam.status];
  const isAudit = poam.weaknesses.length > 0 && poam.weaknesses.every(({ grouping }) => grouping === 'check');
  return sheet === 'open' && isAudit ? 'configuration' : sheet;
}

/** @param today `YYYY-MM-DD`. @returns undefined where its status has no place in the workbook. */
export function fedrampRow(
  poam: PoamFacts,
  deviations: readonly DeviationFacts[],
  today: string,
): FedrampRow | undefined {
  const sheet = sheetOf(poam, deviations);
  if (sheet === null) return undefined;
  const { planned, changes, undated } = milestoneCells(poam.milestones);
  return {
    sheet,
    notes: notesOf(poam, deviations, { today, undated: undated.length }),
    cells: {
      itemId: { text: idOf(poam) },
      controls: lines(poam.controls),
      weaknessName: text(poam.title),
      description: text(poam.description),
      detectorSource: text(poam.source),
      sourceIdentifier: identifierOf(poam),
      assets: lines(assetLines(poam)),
      pointOfContact: text(poam.contact),
      resources: text(poam.resources),
      remediationPlan: text(poam.plan),
      detectedOn: day(poam.detectedOn),
      scheduledOn: day(poam.scheduledOn),
      milestones: text(planned),
      milestoneChanges: text(changes),
      statusOn: day(
        sheet === 'closed' ? (poam.completedOn ?? poam.changedOn) : (poam.changedOn ?? poam.detectedOn),
      ),
      rawSeverity: poam.severity === null ? undefined : { text: fedrampRatingOf[poam.severity] },
      ...deviationCells(poam, deviations),
      comments: text(poam.comments),
      autoApprove: { text: 'No' },
      ...kevCells(poam),
      cves: lines(poam.cves),
    },
  };
}
