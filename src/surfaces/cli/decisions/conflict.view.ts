/** Conflicts in words: what happened, what can be chosen, what a choice has done. */
import type {
  ConflictDetail,
  ConflictRow,
  OfferedChoice,
  ResolvedConflict,
} from '../../../review/conflicts/index.ts';
import { isJsonObject, type Json, scalarText } from '../../../platform/values/index.ts';
import { entityWord } from '../kit/entity-word.ts';
import { secondText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';
import type { ConflictEffect, ConflictType } from '../../../canonical/vocabulary/index.ts';

const midnight = /^(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?(Z|\+00(:?00)?)?$/;

/** A value as a person writes it: a day without its midnight. */
export function plainValue(value: Json): Json {
  return typeof value === 'string' ? (midnight.exec(value)?.[1] ?? value) : value;
}

export function fullValue(value: Json): string {
  const plain = plainValue(value);
  if (plain === null || plain === '') return '(empty)';
  return typeof plain === 'string' ? plain : JSON.stringify(plain, null, 2);
}

/** What choosing an effect does, at the system named. */
const meanings: Readonly<Record<ConflictEffect, (system: string) => string>> = {
  keep_ours: (system) => `our value stands; the next sync sends it to ${system}`,
  take_theirs: (system) => `the value of ${system} becomes ours`,
  set_value: () => 'a third value for both sides',
  make_again: (system) =>
    `make it again at ${system} with the next sync, after approval where a policy asks for it`,
  retire: () => 'it is gone for good: ours is cancelled, and what it answered is listed as unanswered',
  send_again: (system) => `send our change to ${system} again, with the next sync`,
  give_up: (system) => `give our change up; the values of ${system} stand`,
  read_again: (system) => `it was put right at ${system} or in the mappings: the next sync reads it again`,
  leave_unread: () => 'ours stands as it was last read, until the record changes at the remote',
  cancel_copy: () => 'the later one is a mistake: cancel it in Tieline, and with the next sync at the remote',
  cancel_first: () =>
    'the earlier one is superseded: cancel it in Tieline, and with the next sync at the remote',
  follow: () => 'they are one record that has another id now: ours follows it',
  keep_both: () => 'they are two records; nobody is asked again',
  make_new: () => 'the next sync makes a new POA&M for what is open',
  leave_closed: () => 'it stays closed; nobody is asked until the finding was fixed and is found again',
};

/** `--keep internal   our value stands; …` for each choice. */
export function choiceLines(choices: readonly OfferedChoice[], system: string | null): string[] {
  const flag = ({ choice }: OfferedChoice): string =>
    choice === 'value' ? '--value VALUE' : `--keep ${choice}`;
  const width = Math.max(...choices.map((each) => flag(each).length));
  return choices.map(
    (each) => `  ${flag(each).padEnd(width)}  ${meanings[each.effect](system ?? 'the remote')}`,
  );
}

const messages = (value: Json): string[] => {
  if (!isJsonObject(value)) return value === null ? [] : [fullValue(value)];
  const fields = Array.isArray(value['fields']) ? value['fields'].filter((each) => isJsonObject(each)) : [];
  return [
    scalarText(value['message'] ?? null),
    ...fields.map((each) => `  ${scalarText(each['field'])}: ${scalarText(each['message'])}`),
  ].filter((line) => line.trim() !== '');
};
const sameAs = (value: Json): string => (isJsonObject(value) ? scalarText(value['same_as'] ?? null) : '');

/** What happened, by type; for a field, both values are shown beside it. */
const stories: Readonly<Record<ConflictType, (row: ConflictRow) => string[]>> = {
  field_mismatch: () => [],
  missing_record: (row) =>
    isJsonObject(row.external)
      ? [`${there(row)} no longer has it, as a change of ours found.`, ...messages(row.external)]
      : [`${there(row)} no longer shows ${scalarText(row.external)}. In Tieline it is as it was.`],
  duplicate: (row) => [
    `${there(row)} has it twice: first as ${sameAs(row.external)} (in Tieline ${sameAs(row.internal)}), later as ${row.externalId ?? '–'} (in Tieline ${row.entityId}).`,
  ],
  unmappable_value: (row) => [
    row.internal === null
      ? 'A value of it cannot be read; the whole record waits:'
      : 'A value of it has no word at the other side:',
    ...messages(row.external),
  ],
  validation_rejected: (row) => refusal(row, `${there(row)} refused a change of ours:`),
  stale_version: (row) =>
    refusal(row, `${there(row)} refused a change of ours, since the record had moved on:`),
  unclear_outcome: (row) => refusal(row, `Whether a change of ours arrived at ${there(row)} is not clear:`),
  contradiction: (row) => {
    const told = (value: Json, name: string): string =>
      isJsonObject(value) ? scalarText(value[name] ?? null) : '';
    const weaknesses = isJsonObject(row.internal) ? row.internal['weaknesses'] : undefined;
    const ended = told(row.external, 'ended_on');
    return [
      `It is ${told(row.external, 'status') || 'closed'}${ended === '' ? '' : ` since ${ended}`}, and ${counted(Number(told(row.internal, 'open_findings') || 0), 'finding')} under it ${told(row.internal, 'open_findings') === '1' ? 'is' : 'are'} open:`,
      ...(Array.isArray(weaknesses) ? weaknesses.map((each) => `  ${scalarText(each)}`) : []),
    ];
  },
};

const there = (row: ConflictRow): string => row.system ?? 'the remote';
const refusal = (row: ConflictRow, what: string): string[] => [
  what,
  ...messages(row.external),
  '',
  'The change:',
  fullValue(row.internal),
];

/** The weakness on one line: plugin, name, severity; else the first line of what the POA&M says. */
export function weaknessText({ weakness }: ConflictRow): string {
  if (!weakness) return '';
  const { plugin, name, severity, description } = weakness;
  const said = description?.split('\n')[0] ?? '';
  const what = plugin === null ? said : `plugin ${plugin}, ${name ?? said}`;
  return severity === null ? what : `${what} (${severity})`;
}

export const boundaryText = (row: ConflictRow): string =>
  [row.boundary, row.boundaryName === null ? null : `(${row.boundaryName})`].filter(Boolean).join(' ');

const edited = (at: Date | null, by: string | null): string =>
  at === null && by === null
    ? ''
    : `, last edited${at === null ? '' : ` ${secondText(at)} UTC`}${by === null ? '' : ` by ${by}`}`;

/** One conflict in full, with its choices. */
export function conflictText(row: ConflictDetail): string {
  const of = row.system === null ? '' : ` of ${row.system}`;
  const head = `Conflict ${row.id}: ${row.type}${row.field === null ? '' : ` of ${row.field}`}, ${entityWord(row.entity)} ${row.externalId ?? row.entityId}${of}, since ${secondText(row.createdAt)} UTC`;
  const values =
    row.field === null
      ? []
      : [
          '',
          `Tieline (${row.entityId}${edited(row.internalChangedAt, row.internalChangedBy)}):`,
          fullValue(row.internal),
          '',
          `Remote${edited(row.externalChangedAt, row.externalChangedBy)}:`,
          fullValue(row.external),
          '',
          'Both last agreed on:',
          fullValue(row.base),
        ];
  const story = stories[row.type](row);
  return [
    head,
    ...(row.boundary === null ? [] : [`Boundary: ${boundaryText(row)}`]),
    ...(row.weakness === null ? [] : [`Weakness: ${weaknessText(row)}`]),
    ...(story.length > 0 ? ['', ...story] : []),
    ...values,
    '',
    ...outcomeOf(row),
  ].join('\n');
}

/** `internal: our value stands; …`, with the reason that was given. */
function decisionText({ resolution, system }: ConflictDetail): string {
  if (!isJsonObject(resolution)) return JSON.stringify(resolution);
  const { choice, effect, reason } = resolution;
  if (typeof effect !== 'string' || !Object.hasOwn(meanings, effect)) return JSON.stringify(resolution);
  const meaning = meanings[effect as ConflictEffect](system ?? 'the remote');
  return `${scalarText(choice ?? null)}: ${meaning}${typeof reason === 'string' ? ` (${reason})` : ''}`;
}

function outcomeOf(row: ConflictDetail): string[] {
  if (row.status !== 'pending')
    return [`Settled by ${row.resolvedBy ?? '–'} on ${secondText(row.resolvedAt)} UTC: ${decisionText(row)}`];
  return [
    ...(row.field === null ? [] : ['The field is held on both sides until this is settled.']),
    `Choices: tieline conflicts resolve ${row.id}`,
    ...choiceLines(row.choices, row.system),
  ];
}

const unansweredText = ({ done }: ResolvedConflict): string =>
  (done.unanswered ?? [])
    .map((each) => `${counted(each.openFindings, 'open finding')} of ${each.named} in ${each.boundary}`)
    .join(', ');

/** What was done; each completes "Conflict 7: ". */
const outcomes: Readonly<Record<ConflictEffect, (resolved: ResolvedConflict) => string>> = {
  keep_ours: ({ conflict }) =>
    `our ${conflict.field ?? 'value'} stands; the next sync sends it to ${there(conflict)}`,
  take_theirs: ({ conflict }) => `our ${conflict.field ?? 'value'} is now that of ${there(conflict)}`,
  set_value: ({ conflict }) =>
    `${conflict.field ?? 'the value'} is set here; the next sync sends it to ${there(conflict)}`,
  make_again: ({ conflict, done }) =>
    `${conflict.entity} ${conflict.entityId} is made again at ${there(conflict)}${done.waitsForApproval ? ' once it is approved (tieline approvals list)' : ' with the next sync'}`,
  retire: (resolved) => {
    const { conflict, done } = resolved;
    const open = unansweredText(resolved);
    const left =
      open !== ''
        ? `; ${open} ${(done.unanswered ?? []).length === 1 ? 'is' : 'are'} unanswered: see tieline conflicts list --type contradiction`
        : done.openFindings
          ? `; ${counted(done.openFindings, 'open high or critical finding')} on its machines get no POA&M`
          : '';
    return `${conflict.entity} ${conflict.entityId} ends in Tieline too${left}`;
  },
  send_again: ({ conflict, done }) =>
    done.changes === 0
      ? 'nothing of it is left to send'
      : `${counted(done.changes ?? 0, 'change')} to be sent to ${there(conflict)} again with the next sync`,
  give_up: ({ conflict, done }) =>
    `${counted(done.changes ?? 0, 'change')} given up; the values of ${there(conflict)} stand`,
  read_again: ({ conflict }) => `the next sync reads it from ${there(conflict)} again`,
  leave_unread: () => 'it stays as it was last read',
  cancel_copy: ({ conflict, done }) =>
    `${conflict.entityId} is cancelled here, and with the next sync at ${there(conflict)}; ${done.other ?? 'the other'} stands`,
  cancel_first: ({ conflict, done }) =>
    `the earlier one is cancelled here, and with the next sync at ${there(conflict)}; ${done.other ?? 'the other'} stands`,
  follow: ({ done }) => `ours is ${done.other ?? 'the later one'} now; the next sync brings the two together`,
  keep_both: ({ conflict, done }) =>
    `${conflict.externalId ?? 'it'} and ${done.other ?? 'the other'} are two records`,
  make_new: (resolved) =>
    `the next sync makes a new POA&M for ${unansweredText(resolved) || 'what is open then'}`,
  leave_closed: ({ conflict }) => `${conflict.entityId} stays closed`,
};

export const outcomeText = (resolved: ResolvedConflict): string =>
  `Conflict ${resolved.conflict.id}: ${outcomes[resolved.effect](resolved)}.`;
