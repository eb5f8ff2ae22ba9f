/** The life of POA&Ms as people read it. */
import { shownText } from '../../../platform/errors/index.ts';
import { type Json, scalarText } from '../../../platform/values/index.ts';
import type {
  ChangesSince,
  LifeSettingsShown,
  PoamExplanation,
  StoryItem,
} from '../../../review/records/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

const by = (who: string | null, reason: string | null): string =>
  [who === null ? '' : ` by ${shownText(who)}`, reason === null ? '' : `: ${shownText(reason)}`].join('');

/** @param width of the terminal; undefined: whole values. */
export function explanationLines(of: PoamExplanation, width: number | undefined): string[] {
  const { made, due, rating } = of;
  return [
    `${of.poamId}: ${of.status ?? 'no status'}${of.meaning === null ? ' (a word of its own, moved by people only)' : `, ${of.meaning}`}`,
    ...(of.since ? [`  since ${minuteText(of.since.at)} UTC${by(of.since.by, of.since.reason)}`] : []),
    `Made ${made.at === null ? 'elsewhere' : `${minuteText(made.at)} UTC${by(made.by, made.reason)}`}`,
    ...(made.rule === null
      ? []
      : [`  under version ${made.rule.version} of the rule of ${made.rule.boundary ?? 'every boundary'}`]),
    ...(made.follows === null ? [] : [`  follows ${made.follows}, which was completed before`]),
    ...(made.followedBy === null ? [] : [`  followed by ${made.followedBy}`]),
    `Due ${due.promised ?? 'on no day'}${due.original === null ? '' : ` (first promised: ${due.original})`}`,
    ...due.weaknesses.map((each) => `  ${each.what} is due ${each.due}: ${each.reason}`),
    `Rated ${rating.present ?? 'not at all'}${rating.original === null ? '' : ` (first: ${rating.original})`}`,
    '',
    ...(of.findings.length === 0 ? ['No finding is under it.'] : [findingsTable(of, width)]),
    ...(of.questions.length === 0 ? [] : ['', ...of.questions.map((each) => `Asked: ${each.text}`)]),
    '',
    ...movesLines(of),
  ];
}

const findingsTable = (of: PoamExplanation, width: number | undefined): string =>
  fittedTable(
    ['PLUGIN', 'ASSET', 'STATE', 'FIXED', 'SCAN AFTER', 'SAW IT', 'CREDENTIALS', 'RAN IT'],
    of.findings.map((each) => [
      each.plugin,
      shownText(each.asset),
      `${each.state}${each.isFalsePositive ? ', false positive' : ''}${each.isInside ? '' : ', left the boundary'}`,
      each.fixedAt?.slice(0, 10) ?? '–',
      each.evidence?.after ?? '–',
      each.evidence?.sawHost ?? '–',
      each.evidence?.authenticated ?? '–',
      each.evidence?.ranPlugin ?? '–',
    ]),
    width,
  );

const movesLines = (of: PoamExplanation): string[] =>
  of.moves.flatMap(({ status, lacks }) =>
    lacks.length === 0
      ? [`It may become ${status}.`]
      : [`It may become ${status} once:`, ...lacks.map(({ field, message }) => `  ${field}: ${message}`)],
  );

export const storyLines = (story: readonly StoryItem[], width: number | undefined): string[] =>
  story.length === 0
    ? ['Nothing is known of its story.']
    : [
        fittedTable(
          ['AT (UTC)', 'KIND', 'WHAT', 'BY', 'WHY'],
          story.map((each) => [
            minuteText(each.at),
            each.kind,
            shownText(each.what),
            each.by === null ? '' : shownText(each.by),
            each.reason === null ? '' : shownText(each.reason),
          ]),
          width,
        ),
      ];

const closeWords: Readonly<Record<LifeSettingsShown['inForce']['closeAfter'], (days: number) => string>> = {
  'at once': () => 'at once',
  days: (days) => `after ${counted(days, 'day')} without return`,
  word: () => 'after the word of a person',
};

export function settingsLines({ systemId, own, inForce }: LifeSettingsShown): string[] {
  const usual = (value: unknown): string => (value === null ? ' (default)' : '');
  const until = inForce.contradiction === 'accept' ? ` until ${inForce.acceptUntil ?? ''}` : '';
  return [
    `POA&Ms of ${systemId}:`,
    `  completed on evidence   ${closeWords[inForce.closeAfter](inForce.closeDays)}${usual(own.closeAfter)}`,
    `  opened again            ${inForce.reopenDays === 0 ? 'never: a new one follows' : `within ${counted(inForce.reopenDays, 'day')} after completion`}${usual(own.reopenDays)}`,
    `  completed while open    ${inForce.contradiction}${until}${usual(own.contradiction)}`,
    `  FedRAMP                 ${inForce.isFedramp ? 'yes' : 'no'}${usual(own.isFedramp)}`,
  ];
}

const value = (of: Json): string => {
  const text = of === null ? 'nothing' : typeof of === 'object' ? JSON.stringify(of) : scalarText(of);
  return shownText(text.length > 60 ? `${text.slice(0, 59)}…` : text);
};

export function changesLines(told: ChangesSince, width: number | undefined): string[] {
  const { changes, findings, questions } = told;
  if (changes.length + findings.length + questions.length === 0)
    return [`Nothing changed since ${minuteText(told.since)} UTC.`];
  return [
    `Since ${minuteText(told.since)} UTC:`,
    ...(findings.length === 0
      ? []
      : [
          '',
          fittedTable(
            ['SYSTEM', 'FINDINGS FOUND', 'FIXED', 'CAME BACK', 'NO LONGER SHOWN', 'MACHINE GONE'],
            findings.map((each) => [
              each.systemId ?? '–',
              `${each.found}`,
              `${each.fixed}`,
              `${each.cameBack}`,
              `${each.missing}`,
              `${each.gone}`,
            ]),
            width,
          ),
        ]),
    ...(questions.length === 0
      ? []
      : ['', ...questions.map((each) => `Asked about ${each.poamId}: ${each.text}`)]),
    ...(changes.length === 0
      ? []
      : [
          '',
          fittedTable(
            ['AT (UTC)', 'POA&M', 'SYSTEM', 'WHAT', 'FROM', 'TO'],
            changes.map((each) => [
              minuteText(each.at),
              each.poamId,
              each.systemId ?? '–',
              `${each.entity === 'milestone' ? `milestone ${each.entityId} ` : ''}${each.field ?? 'the record'}`,
              value(each.before),
              value(each.after),
            ]),
            width,
          ),
        ]),
    ...(told.isCut ? ['… and more: --limit'] : []),
  ];
}
