/** What each cell of an eMASS (or MCCAST) workbook says of a POA&M, by the columns of its layout. Pure. */
import { isLiving } from '../named-facts.ts';
import { severityNamed } from '../../../canonical/vocabulary/index.ts';
import {
  categories,
  categoryOf,
  fieldHomes,
  fiveLevelOf,
  type FormatColumn,
  longestEmassText,
  monthFirst,
  plainHeader,
  type PoamField,
  type PoamFormat,
  poamFormats,
  rmfStatusOf,
  writeDatedText,
} from '../../poam-formats/index.ts';
import type { DeviationFacts, InFile, MilestoneFacts, PoamFacts } from '../snapshot/snapshot.ts';
import { cellText } from './cells.ts';

/** By field what its column says; a field that is absent is not said. */
export type Said = ReadonlyMap<PoamField, string>;

export interface EmassMilestone {
  /** Of eMASS; undefined: it has given none yet. */
  readonly id: string | undefined;
  readonly text: string;
  readonly said: Said;
}

export interface Unsaid {
  readonly field: string;
  readonly code: 'unsaid_field' | 'no_choice' | 'cut' | 'no_contact' | 'no_comments' | 'left_out_milestone';
  readonly detail?: string;
}

export interface EmassItem {
  readonly poam: PoamFacts;
  /** Of eMASS; undefined: it is new there. */
  readonly id: string | undefined;
  readonly said: Said;
  readonly milestones: readonly EmassMilestone[];
  /** Columns of the workbook's own, by their header. */
  readonly own: ReadonlyMap<string, string>;
  readonly unsaid: readonly Unsaid[];
}

const plainOf = (column: FormatColumn): string[] =>
  [column.header, ...(column.alsoCalled ?? [])].map(plainHeader);
const fieldOfHeader = new Map(
  poamFormats.flatMap(({ name, columns }) =>
    name === 'fedramp-2'
      ? []
      : columns.flatMap((column) => plainOf(column).map((header) => [header, column.field] as const)),
  ),
);

/** What an earlier file said and the record has no field for: by field, and by header where the layout knows none. */
function keptBeside(inFile: InFile | undefined) {
  const fields = new Map<PoamField, string>();
  const own = new Map<string, string>();
  for (const [header, value] of Object.entries(inFile?.beside ?? {})) {
    if (typeof value !== 'string' || value === '') continue;
    const field = fieldOfHeader.get(plainHeader(header));
    if (field === undefined) own.set(plainHeader(header), value);
    else fields.set(field, value);
  }
  return { fields, own };
}

/** Days as `YYYY-MM-DD`, words as the record has them: what every layout may say. */
function valuesOf(
  poam: PoamFacts,
  deviations: readonly DeviationFacts[],
  { id, organization }: { readonly id: string | undefined; readonly organization: string | null },
): Partial<Record<PoamField, string | null>> {
  const acceptance = deviations.find((each) => each.kind === 'risk_acceptance' && isLiving(each));
  const isAccepted = acceptance?.state === 'approved';
  const checks = [...new Set(poam.weaknesses.map(({ pluginId, identifier }) => pluginId ?? identifier))];
  return {
    itemId: id ?? null,
    weaknessName: poam.title,
    description: poam.description,
    controls: poam.controls.join('; '),
    sourceIdentifier: checks.join('; '),
    status: rmfStatusOf[poam.status],
    detectedOn: poam.detectedOn,
    scheduledOn: poam.scheduledOn,
    completedOn: poam.status === 'Completed' ? poam.completedOn : null,
    acceptanceAskedUntil: acceptance?.expiresOn ?? null,
    acceptedOn: isAccepted ? acceptance.decidedOn : null,
    acceptedUntil: isAccepted ? acceptance.expiresOn : null,
    detectorSource: poam.source,
    pointOfContact: poam.contact ?? organization,
    resources: poam.resources,
    comments: poam.comments,
    rawSeverity: poam.severity,
    severity: poam.rating,
    residualRisk: poam.residual,
    relevance: poam.relevance,
    likelihood: poam.likelihood,
    impact: poam.impact,
    impactDescription: poam.impactDescription,
    mitigations: poam.plan,
    recommendations: poam.recommendations ?? poam.weaknesses[0]?.solution ?? null,
    assets: poam.assets.map(({ name }) => name).join('\n'),
    cves: poam.cves.join('; '),
    cost: poam.cost,
    deviationRationale: poam.deviationRationale,
  };
}

/** A word of the column's list. @returns undefined where none of them means it. */
function chosen({ choices = [] }: FormatColumn, value: string): string | undefined {
  const same = choices.find((word) => word.toLowerCase() === value.trim().toLowerCase());
  if (same !== undefined) return same;
  const severity = severityNamed(value);
  if (severity === undefined) return undefined;
  return choices.some((word) => (categories as readonly string[]).includes(word))
    ? categoryOf[severity]
    : choices.find((word) => word === fiveLevelOf[severity]);
}

/** As the column takes it, with what is lost on the way. */
function written(column: FormatColumn, value: string): { readonly text?: string; readonly unsaid?: Unsaid } {
  const { kind, header } = column;
  if (kind === 'day') return { text: /^\d{4}-\d{2}-\d{2}$/.test(value) ? monthFirst(value) : value };
  if (kind === 'choice') {
    const word = chosen(column, value);
    return word === undefined
      ? { unsaid: { field: header, code: 'no_choice', detail: value } }
      : { text: word };
  }
  const text = cellText(value);
  if (text.length <= longestEmassText) return { text };
  return {
    text: text.slice(0, longestEmassText),
    unsaid: { field: header, code: 'cut', detail: `${text.length} characters, ${longestEmassText} fit` },
  };
}

const titleOf: Partial<Record<PoamField, string>> = {
  detectedOn: 'Original Detection Date',
  cves: 'CVEs',
  cost: 'Cost',
  assets: 'Devices Affected',
  deviationRationale: 'Deviation Rationale',
  rawSeverity: 'Raw Severity',
  severity: 'Severity',
};
/** Said by another column where the layout has none for it. */
const saidElsewhere: ReadonlySet<PoamField> = new Set(['itemId', 'weaknessName', 'description', 'status']);

/** @param has the fields for which the workbook has a column. */
function lostFields(
  values: Partial<Record<PoamField, string | null>>,
  has: ReadonlySet<PoamField>,
): Unsaid[] {
  return Object.entries(values).flatMap(([name, value]): Unsaid[] => {
    const field = name as PoamField; // a key of `valuesOf`
    if (value === null || value === '' || has.has(field) || saidElsewhere.has(field)) return [];
    if (field === 'completedOn' || fieldHomes[field].of === 'beside') return [];
    return [{ field: titleOf[field] ?? field, code: 'unsaid_field' }];
  });
}

function milestoneOf(
  milestone: MilestoneFacts,
  format: PoamFormat,
  itemId: string | undefined,
): EmassMilestone | undefined {
  const { text, scheduledOn, completedOn, status, comments, changes } = milestone;
  if (status === 'Cancelled' || text.trim() === '') return undefined;
  const prefix = `${itemId ?? ''}/`;
  const id =
    itemId !== undefined && milestone.id?.startsWith(prefix) ? milestone.id.slice(prefix.length) : undefined;
  const moves = changes.flatMap(({ to, reason }) =>
    to === null ? [] : [`${monthFirst(to)}${reason === null ? '' : `: ${reason}`}`],
  );
  const values: Partial<Record<PoamField, string | null>> = {
    milestoneId: id ?? null,
    milestones: writeDatedText(text, scheduledOn),
    milestoneChanges: moves.join('\n'),
    milestoneText: text,
    milestoneStatus: status === 'Completed' || completedOn !== null ? 'Completed' : 'Pending',
    milestoneComments: comments,
    milestoneScheduledOn: scheduledOn,
    milestoneCompletedOn: completedOn,
  };
  return { id, text, said: saidBy(format, values, true).said };
}

function saidBy(
  format: PoamFormat,
  values: Partial<Record<PoamField, string | null>>,
  ofMilestones: boolean,
): { readonly said: ReadonlyMap<PoamField, string>; readonly unsaid: readonly Unsaid[] } {
  const said = new Map<PoamField, string>();
  const unsaid: Unsaid[] = [];
  for (const column of format.columns) {
    const value = values[column.field];
    if ((column.perMilestone === true) !== ofMilestones || !value) continue;
    const { text, unsaid: lost } = written(column, value);
    if (text !== undefined && text !== '') said.set(column.field, text);
    if (lost) unsaid.push(lost);
  }
  return { said, unsaid };
}

/** What eMASS demands of an item before it takes it. */
function demands(poam: PoamFacts, said: Said): Unsaid[] {
  const status = rmfStatusOf[poam.status];
  return [
    ...(said.has('pointOfContact') ? [] : [{ field: 'Office/Org', code: 'no_contact' } as const]),
    ...((status === 'Completed' || status === 'Risk Accepted') && !said.has('comments')
      ? [{ field: 'Comments', code: 'no_comments' } as const]
      : []),
  ];
}

/**
 * @param context.fields those for which the workbook has a column. @param context.organization said where nobody is named.
 * @returns undefined where its status has no place in such a workbook.
 */
export function emassItem(
  poam: PoamFacts,
  deviations: readonly DeviationFacts[],
  context: {
    readonly format: PoamFormat;
    readonly family: string;
    readonly fields: ReadonlySet<PoamField>;
    readonly organization: string | null;
  },
): EmassItem | undefined {
  const status = rmfStatusOf[poam.status];
  if (status === null) return undefined;
  const { format, fields } = context;
  const inFile = poam.inFiles?.[context.family];
  // A new item that a file had without an id goes on under ours, which is none of eMASS.
  const id = inFile && inFile.id !== poam.poamId ? inFile.id : undefined;
  const kept = keptBeside(inFile);
  const values = valuesOf(poam, deviations, { id, organization: context.organization });
  const hasDayColumn = fields.has('completedOn');
  const all = {
    ...Object.fromEntries(kept.fields),
    ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== '')),
    status: hasDayColumn ? status : writeDatedText(status, values.completedOn ?? null),
  };
  const { said, unsaid } = saidBy(format, all, false);
  const milestones = poam.milestones.map((each) => milestoneOf(each, format, id));
  const leftOut = milestones.filter((each) => each === undefined).length;
  const saysDone = fields.has('milestoneStatus') || fields.has('milestoneCompletedOn');
  const hasMilestones = format.columns.some(({ perMilestone }) => perMilestone);
  const isDone = poam.milestones.some(({ completedOn }) => completedOn !== null);
  return {
    poam,
    id,
    said,
    own: kept.own,
    milestones: milestones.filter((each) => each !== undefined),
    unsaid: [
      ...unsaid,
      ...demands(poam, said),
      ...lostFields(values, fields),
      ...(leftOut === 0
        ? []
        : [{ field: 'Milestone', code: 'left_out_milestone', detail: String(leftOut) } as const]),
      ...(poam.milestones.length > 0 && !hasMilestones
        ? [{ field: 'Milestones', code: 'unsaid_field' } as const]
        : []),
      ...(isDone && hasMilestones && !saysDone
        ? [{ field: 'Milestone Completion Date', code: 'unsaid_field' } as const]
        : []),
    ],
  };
}
