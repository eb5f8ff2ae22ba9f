/** Due-date policies and what they say, as people read them. */
import type {
  DueExplanation,
  PolicyUse,
  PolicyView,
  ReasonedAnswer,
  UsePreview,
} from '../../../modules/due-dates/index.ts';
import type { EarlierRule } from '../../../canonical/due-dates/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { counted, table } from '../kit/table.ts';

const placeOf = ({ systemId }: PolicyUse): string => systemId ?? 'by default';
const earlierTexts: Readonly<Record<EarlierRule, string>> = {
  ask: 'an earlier date is asked about',
  approve: 'an earlier date needs approval',
  follow: 'promised dates follow an earlier one',
};
const useText = (use: PolicyUse): string => {
  const terms = [
    ...(use.coversOpen ? ['also what was open before it began'] : []),
    ...(use.whenEarlier === null ? [] : [earlierTexts[use.whenEarlier]]),
  ];
  return `${use.applies ? '' : 'not '}${placeOf(use)}${terms.length === 0 ? '' : ` (${terms.join('; ')})`}`;
};

const forceText = ({ effectiveFrom, effectiveUntil, inForce }: PolicyView['versions'][number]): string => {
  const span = [
    effectiveFrom === null ? '' : `from ${effectiveFrom}`,
    effectiveUntil === null ? '' : `until ${effectiveUntil}`,
  ].filter((part) => part !== '');
  return `${inForce ? 'in force' : 'not in force'}${span.length === 0 ? '' : ` (${span.join(' ')})`}`;
};

export const policiesTable = (policies: readonly PolicyView[], width: number | undefined): string =>
  fittedTable(
    ['POLICY', 'TITLE', 'VERSION', 'STATE', 'APPLIES'],
    policies.flatMap(({ policyId, versions: [newest], uses }) =>
      newest
        ? [
            [
              policyId,
              newest.title,
              String(newest.version),
              forceText(newest),
              uses.length === 0 ? 'nowhere' : uses.map(useText).join(', '),
            ],
          ]
        : [],
    ),
    width,
  ) +
  policies
    .flatMap(startLines)
    .map((line) => `\n${line.trim()}`)
    .join('');

/** Plans of versions that begin. */
const startLines = ({ starts }: Pick<PolicyView, 'starts'>): string[] =>
  starts.map(({ status, systemId, what, approvalId, decidedBy, reason }) => {
    const decided = decidedBy === null ? '' : ` by ${decidedBy}${reason === null ? '' : `: ${reason}`}`;
    const next = status === 'pending' ? `; decide: tieline approvals show ${approvalId.slice(0, 8)}` : '';
    return `  ${systemId}: ${what} Plan ${status}${decided}${next}`;
  });

export function policyLines({ policyId, versions, uses, starts }: PolicyView): string[] {
  return [
    policyId,
    ...(uses.length === 0
      ? ['  applies nowhere']
      : uses.map((use) => `  applies ${useText(use)}${use.reason === null ? '' : `: ${use.reason}`}`)),
    ...(starts.length === 0 ? [] : ['', 'Where it begins:', ...startLines({ starts })]),
    ...versions.flatMap((version) => [
      '',
      `Version ${version.version}: ${version.title}, ${forceText(version)}`,
      `  counts from ${version.basis.replaceAll('_', ' ')}, ${version.counts.replaceAll('_', ' ')}${version.calendar === null ? '' : ` of calendar ${version.calendar}`}`,
      `  ${earlierTexts[version.whenEarlier]}`,
      ...(version.rating === 'adjusted'
        ? ['  by the rating of an approved risk adjustment, where there is one']
        : []),
      ...(version.epssFrom === null ? [] : [`  epss says yes from a score of ${version.epssFrom}`]),
      ...(version.evaluations.length === 0
        ? []
        : [
            `  to be evaluated within ${version.evaluations.map((each) => `${each.days} days (class ${each.class})`).join(', ')} of detection`,
          ]),
      ...(version.civilianOnly ? ['  not for national security systems'] : []),
      ...(version.graceUntil === null
        ? []
        : [`  its issuer takes work under it until ${version.graceUntil}`]),
      `  source: ${version.source}${version.sourceRead ? '' : ' (by hearsay)'}`,
      ...table(
        ['  WHEN', 'DAYS', ''],
        version.times.map(({ when, days, remark }) => [
          `  ${
            Object.entries(when)
              .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
              .join(', ') || 'always'
          }`,
          days === null ? '-' : String(days),
          remark ?? '',
        ]),
      ).split('\n'),
    ]),
  ];
}

export const usesTable = (uses: readonly PolicyUse[], width: number | undefined): string =>
  fittedTable(
    ['SET', 'BY', 'POLICY', 'WHERE', 'APPLIES', 'UNTIL', 'WHY'],
    uses.map((use) => [
      minuteText(use.setAt),
      use.setBy,
      use.policyId,
      placeOf(use),
      use.applies ? (use.coversOpen ? 'yes, also what was open' : 'yes') : 'no',
      use.endedAt === null ? '' : minuteText(use.endedAt),
      use.reason ?? '',
    ]),
    width,
  );

export function previewLines(preview: UsePreview): string[] {
  const { looked, earlier, late, items } = preview;
  return [
    `${counted(looked, 'weakness', 'weaknesses')} of open POA&Ms looked at: ${counted(earlier, 'one', 'of them')} would be due earlier, ${late} of these earlier than promised.`,
    ...items
      .slice(0, 50)
      .map(
        ({ poamId, dueOn, wouldBe, promised, reason }) =>
          `  ${poamId}: ${dueOn} → ${wouldBe}, promised for ${promised ?? 'no day'}; ${reason}`,
      ),
    ...(earlier > 50 ? [`  … and ${earlier - 50} more: --json`] : []),
  ];
}

export const answerLines = (answers: readonly ReasonedAnswer[]): string[] =>
  answers.length === 0
    ? ['No policy applies.']
    : answers.map(({ on, reason }) => `  ${on ?? 'no date   '}  ${reason}`);

export function explanationLines(explained: DueExplanation): string[] {
  const { poamId, promised, obligedBy, since, proposed, isLate, standsFor, asked } = explained;
  const stands = isLate && standsFor === obligedBy;
  return [
    `${poamId}: promised for ${promised ?? 'no day'}${proposed !== null && proposed === promised ? ' (proposed by Tieline, because the obligation was past)' : ''}`,
    obligedBy === null
      ? '  No obligation is on record yet; the next sync records it.'
      : `  obliged by ${obligedBy}${since === null ? '' : `, since ${minuteText(since)} UTC`}${isLate && !stands ? ': LATE AGAINST ITS OBLIGATION' : ''}`,
    ...(stands
      ? [
          `  the promised date stands, says ${explained.standsBy ?? 'somebody'}: ${explained.standsReason ?? ''}`,
        ]
      : []),
    ...(asked === null
      ? []
      : [
          `  whether it is pulled in to ${asked.on} waits for approval: tieline approvals show ${asked.approvalId.slice(0, 8)}`,
        ]),
    ...explained.weaknesses.flatMap((weakness) => [
      '',
      `Weakness ${weakness.identifier}${weakness.name === null ? '' : ` (${weakness.name})`}: ${weakness.severity}, detected on ${weakness.detectedOn}, due ${weakness.dueOn}`,
      `  by ${weakness.dueReason}`,
      '  What each policy that applies says now:',
      ...answerLines(weakness.answers).map((line) => `  ${line}`),
    ]),
    ...(explained.history.length === 0
      ? []
      : [
          '',
          'Every obligation that it ever had, the newest first:',
          ...explained.history.map((row) => `  ${minuteText(row.since)}  ${row.obligedBy}  ${row.reason}`),
        ]),
    ...(isLate && !stands && asked === null
      ? [
          '',
          `Next: pull the date in (tieline poams edit ${poamId} --set scheduled_completion=${obligedBy ?? ''} --reason …), or let it stand (tieline due-policies stands ${poamId} --reason …)`,
        ]
      : []),
  ];
}
