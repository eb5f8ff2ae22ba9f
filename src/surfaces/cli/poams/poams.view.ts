/** POA&Ms as people read them at a terminal. */
import { keptTextWords } from '../../../canonical/weakness-rule/index.ts';
import type { Agreement } from '../../../canonical/lists/index.ts';
import { type Json, scalarText } from '../../../platform/values/index.ts';
import { unsentSentences } from '../../../record/artifacts/index.ts';
import type { MilestoneRow, Obstacle, PoamRow } from '../../../record/poams/index.ts';
import type { FieldView, PoamDetail } from '../../../review/records/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { shortValue } from '../kit/short-value.ts';
import { shellWord } from '../kit/hint.ts';
import { counted } from '../kit/table.ts';
import type { CsvColumn } from '../lists/write-csv.ts';

const none = '–';
const agreementWords: Readonly<Record<Agreement, string>> = {
  conflict: '≠ conflict',
  refused: '! refused',
  unclear: '? unclear',
  approval: '⏸ waits for approval',
  sending: '↑ waits to go out',
  unlinked: 'here only',
  agreed: '✓ agreed',
};

const dueText = ({ due, isOverdue }: Pick<PoamRow, 'due' | 'isOverdue'>): string =>
  due === null ? 'undated' : isOverdue ? `${due} overdue` : due;

/** How it stands against the day that policies oblige it to. */
const obligedText = ({ obligedBy, late }: Pick<PoamRow, 'obligedBy' | 'late'>): string =>
  obligedBy === null
    ? none
    : late === 'past'
      ? `overdue since ${obligedBy}`
      : late === 'promised'
        ? `${obligedBy} late`
        : obligedBy;

export const poamColumns: readonly CsvColumn<PoamRow>[] = [
  { head: 'poam', cell: (row) => row.poamId },
  { head: 'remote id', cell: (row) => row.remoteId },
  { head: 'system', cell: (row) => row.systemId },
  { head: 'system name', cell: (row) => row.systemName },
  { head: 'weakness', cell: (row) => row.weakness },
  { head: 'severity', cell: (row) => row.severity },
  { head: 'risk score', cell: (row) => row.risk },
  { head: 'residual risk', cell: (row) => row.residualRisk },
  { head: 'status', cell: (row) => row.status },
  { head: 'scheduled completion', cell: (row) => row.due },
  { head: 'overdue', cell: (row) => row.isOverdue },
  { head: 'obliged by', cell: (row) => row.obligedBy },
  { head: 'late against its obligation', cell: (row) => row.late !== null },
  { head: 'actual completion', cell: (row) => row.completed },
  { head: 'milestones done', cell: (row) => row.milestones.done },
  { head: 'milestones', cell: (row) => row.milestones.all },
  { head: 'next milestone', cell: (row) => row.milestones.next },
  { head: 'open findings', cell: (row) => row.findings.open },
  { head: 'findings', cell: (row) => row.findings.all },
  { head: 'assets', cell: (row) => row.assets },
  { head: 'control', cell: (row) => row.control },
  { head: 'owner', cell: (row) => row.owner },
  { head: 'agreement', cell: (row) => row.agreement },
  { head: 'updated', cell: (row) => row.updatedAt },
];

export function poamLines(rows: readonly PoamRow[], width: number | undefined): string[] {
  if (rows.length === 0) return ['No POA&Ms.'];
  return [
    fittedTable(
      [
        'POA&M',
        'SYSTEM',
        'SEVERITY',
        'RISK',
        'STATUS',
        'DUE',
        'OBLIGED BY',
        'STEPS',
        'OPEN',
        'OWNER',
        'AGREEMENT',
        'WEAKNESS',
      ],
      rows.map((row) => [
        row.poamId,
        row.systemId ?? none,
        row.severity ?? none,
        row.risk === null ? none : row.risk.toFixed(0),
        row.status ?? none,
        dueText(row),
        obligedText(row),
        `${row.milestones.done}/${row.milestones.all}`,
        `${row.findings.open}/${row.findings.all}`,
        row.owner ?? none,
        agreementWords[row.agreement],
        row.weakness ?? none,
      ]),
      width,
    ),
  ];
}

export const milestoneColumns: readonly CsvColumn<MilestoneRow>[] = [
  { head: 'milestone', cell: (row) => row.id },
  { head: 'poam', cell: (row) => row.poamId },
  { head: 'system', cell: (row) => row.systemId },
  { head: 'description', cell: (row) => row.description },
  { head: 'planned', cell: (row) => row.due },
  { head: 'completed', cell: (row) => row.completed },
  { head: 'status', cell: (row) => row.status },
  { head: 'owner', cell: (row) => row.owner },
];

export function milestoneLines(rows: readonly MilestoneRow[], width: number | undefined): string[] {
  if (rows.length === 0) return ['No milestones.'];
  return [
    fittedTable(
      ['ID', 'POA&M', 'PLANNED', 'DONE', 'STATUS', 'OWNER', 'MILESTONE'],
      rows.map((row) => [
        row.id,
        row.poamId,
        dueText(row),
        row.completed ?? none,
        row.status ?? none,
        row.owner ?? none,
        row.description ?? none,
      ]),
      width,
    ),
  ];
}

const value = (json: Json): string => (json === null ? none : shortValue(json));

const obstacleLine = ({ what, kind, fields, connection, since, id, entity, entityId }: Obstacle): string => {
  const about = `${entity === 'poam' ? '' : `${entity} ${entityId}, `}${fields.join(', ') || 'record'}`;
  const at = `since ${minuteText(since)} UTC${connection === null ? '' : `, ${connection}`}`;
  if (kind === 'conflict') return `  conflict ${id}: ${about}, ${what}, ${at}`;
  if (kind === 'edit') return `  edited here: waits for the next sync, ${at}`;
  return `  outbox ${id}: ${about}, ${what}, ${at}`;
};

function fieldRow(view: FieldView): string[] {
  const [side] = view.sides;
  return [
    view.field,
    value(view.here),
    side?.differs ? value(side.there) : '',
    view.changed ? `${view.changed.by}, ${minuteText(view.changed.at)}` : '',
    side?.policy ?? '',
  ];
}

export function fieldLines(fields: readonly FieldView[], width: number | undefined): string[] {
  const filled = fields.filter(
    ({ here, sides }) => here !== null || sides.some((side) => side.there !== null),
  );
  return [fittedTable(['FIELD', 'HERE', 'THERE', 'CHANGED BY', 'WHO DECIDES'], filled.map(fieldRow), width)];
}

const part = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** Under which rule it was made, and what changes of rules made of it. */
function madeLines({ madeUnder }: PoamDetail): string[] {
  if (madeUnder === null) return [];
  const { version, systemId, splitFrom, endedAt, mergedInto, reworded } = madeUnder;
  const history = `tieline rules history${systemId === null ? '' : ` ${shellWord(systemId)}`}`;
  const made = `Made by version ${version} of the weakness rule of ${systemId ?? 'all boundaries'}${splitFrom === null ? '' : `, split from ${splitFrom}`}: ${history}`;
  const texts =
    reworded === null
      ? []
      : [
          `Its texts follow version ${reworded.version} of the rule${reworded.kept.length === 0 ? '' : ', but for these'}`,
          ...reworded.kept.map(
            ({ field, why, text }) =>
              `  ${field}${text === undefined ? '' : ` "${text}"`} stays: ${keptTextWords[why]}`,
          ),
        ];
  if (endedAt === null) return [made, ...texts];
  return [
    made,
    ...texts,
    `Ended when the rule was changed: ${mergedInto === null ? 'it names none of its findings' : `merged into ${mergedInto}`}`,
  ];
}

/** A digest says nothing to a person: the name does. */
const identified = ({ grouping, identifier }: PoamDetail['weaknesses'][number]): string =>
  grouping === 'plugin' || grouping === 'cve'
    ? `${grouping} ${identifier}`
    : grouping.replaceAll('_', ' and ');

const heldWords: Readonly<Record<PoamDetail['deviations'][number]['kind'], string>> = {
  risk_acceptance: 'accepted',
  false_positive: 'taken for a false positive',
  operational_requirement: 'left for operations',
  risk_adjustment: 'adjusted',
  vendor_dependency: 'waiting for their vendor',
};

/** `2 assets accepted until 2026-12-31; the POA&M stays open`. */
const heldLine = ({ kind, assets, until }: PoamDetail['deviations'][number]): string =>
  `${counted(assets, 'asset')} ${heldWords[kind]}${until === null ? '' : ` until ${until}`}; the POA&M stays open`;

type Evidence = PoamDetail['evidence'][number];

/** `sent to grc as ART-0001`, or why it is not there and what to do. */
function evidenceState({ state, connection, artifactId, refusal, unsentCode, ...of }: Evidence): string {
  const there = connection ?? 'the GRC system';
  switch (state) {
    case 'sent':
      return `sent to ${there} as ${artifactId ?? none}`;
    case 'delivered':
      return `taken to ${there} by hand by ${of.deliveredBy ?? none}`;
    case 'refused':
      return `refused by ${there}: ${refusal ?? ''} (tieline outbox list)`;
    case 'waits':
      return connection === null ? 'goes with its POA&M' : `goes to ${there} with the next sync`;
    case 'unsent':
      return `NOT SENT: ${unsentCode === null ? '' : unsentSentences[unsentCode].replace('{}', there)}`;
    case 'gone':
      return `GONE from ${there}, where it was ${artifactId ?? none}; noticed ${minuteText(of.differsSince)}`;
    case 'changed':
      return `CHANGED in ${there}: ${artifactId ?? none} is another file (${of.otherSha256?.slice(0, 12) ?? none}); noticed ${minuteText(of.differsSince)}`;
    case 'accepted':
      return `${of.otherSha256 === null ? `gone from ${there}` : `another file in ${there}`}, accepted by ${of.decidedBy ?? none}`;
    case 'replaced':
      return `was lost in ${there} as ${artifactId ?? none}; ${of.decidedBy ?? none} had it sent again`;
  }
}

const evidenceLine = (each: Evidence): string =>
  `  ${each.name} (${each.sha256.slice(0, 12)}, ${each.bytes.toLocaleString('en-US')} bytes${each.deviationId === null ? '' : `, deviation ${each.deviationId}`}): ${evidenceState(each)}`;

/** The files, and what to do about those that do not go by themselves. */
function evidenceLines({ evidence, poam }: PoamDetail): string[] {
  const byHand = evidence.some(({ state }) => state === 'unsent' || state === 'refused');
  const isLost = evidence.some(({ state }) => state === 'gone' || state === 'changed');
  return [
    ...evidence.map(evidenceLine),
    ...(isLost
      ? [
          `  Send it again, or accept it: tieline poams evidence resend ${poam.poamId} FILE, tieline poams evidence accept ${poam.poamId} FILE`,
        ]
      : []),
    ...(byHand ? [`  Taken there by hand: tieline poams evidence delivered ${poam.poamId} FILE`] : []),
  ];
}

export function poamDetailLines(detail: PoamDetail, width: number | undefined): string[] {
  const { poam } = detail;
  return [
    `${poam.poamId}  ${poam.weakness ?? ''}`,
    `${poam.status ?? none}, due ${dueText(poam)}, ${poam.severity ?? 'no severity'}, system ${poam.systemId ?? 'none'}, owner ${poam.owner ?? none}`,
    `${agreementWords[poam.agreement]}  (version ${detail.version})`,
    ...(poam.approval === null
      ? []
      : [
          `Its newest request: ${poam.approval}${poam.approval === 'pending' ? ' (tieline approvals list)' : ''}`,
        ]),
    ...(poam.workflow === null ? [] : [`State of its life: ${poam.workflow.replaceAll('_', ' ')}`]),
    ...detail.deviations.map(heldLine),
    ...detail.obstacles.map(obstacleLine),
    ...detail.remotes.map(
      ({ connection, externalId, confirmedAt }) =>
        `In ${connection}: ${externalId}, last confirmed ${minuteText(confirmedAt)} UTC`,
    ),
    ...madeLines(detail),
    '',
    ...fieldLines(detail.fields, width),
    ...part('Milestones', detail.milestones.length === 0 ? [] : milestoneLines(detail.milestones, width)),
    ...part('Evidence', evidenceLines(detail)),
    ...part(
      'Weaknesses',
      detail.weaknesses.map(
        (each) =>
          `  ${each.severity}  ${identified(each)}${each.name === null ? '' : `: ${each.name}`}; due ${each.dueOn} (${each.dueReason}); ${each.findings.open} of ${each.findings.all} findings open`,
      ),
    ),
    ...part(
      counted(poam.assets, 'asset'),
      detail.assets.map(
        (each) =>
          `  ${each.hostname ?? each.assetUuid}: ${each.findings.open} of ${each.findings.all} findings open`,
      ),
    ),
    ...part('CVEs', detail.cves.length === 0 ? [] : [`  ${detail.cves.join(', ')}`]),
  ];
}

export const changeLine = (change: {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}): string =>
  `${change.field}: ${change.before === null ? none : scalarText(change.before)} → ${change.after === null ? none : scalarText(change.after)}`;

/** Statements of disagreement and annotations under the Privacy Act, whole: they stand where the record is shown. */
export const statementLines = (
  statements: readonly {
    readonly kind: 'disagreement' | 'annotation';
    readonly statement: string;
    readonly at: Date;
    readonly request: number;
  }[],
): string[] =>
  part(
    'Statements of persons (Privacy Act)',
    statements.map(
      ({ kind, statement, at, request }) =>
        `  ${kind === 'disagreement' ? 'Disagreement' : 'Annotation'} of ${at.toISOString().slice(0, 10)}, privacy request ${request}: ${statement}`,
    ),
  );
