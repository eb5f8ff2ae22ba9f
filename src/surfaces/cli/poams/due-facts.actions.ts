/** `due-policies tell`: what people say that due dates hang on. */
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import { boundaryDueFacts, dueEvaluation } from '../../../contract/index.ts';
import {
  evaluatePoam,
  explainDueDate,
  listToldFacts,
  listUnanswered,
  setBoundaryFacts,
  setExposure,
  type ToldFacts,
} from '../../../modules/due-dates/index.ts';
import { fetchAsset } from '../../../record/assets/index.ts';
import { fetchBoundary } from '../../../review/boundaries/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { type DecisionFlags, oneOf } from '../kit/flags.ts';
import { minuteText } from '../kit/instants.ts';
import { read } from './read-input.ts';
import { explanationLines } from './due-policies.view.ts';

const actorOf = (flags: DecisionFlags): Actor => ({
  ...localOperator(accountName()),
  name: decider(flags).by,
});
type Answer = 'yes' | 'no';
const isYes = (answer: Answer | undefined): boolean | null =>
  answer === undefined ? null : answer === 'yes';
const answerWord = (said: boolean | null): string => (said === null ? 'unknown' : said ? 'yes' : 'no');

export async function tellSystem(
  context: CommandContext,
  flags: DecisionFlags & { readonly class?: string; readonly nationalSecurity?: Answer },
  [systemId]: readonly [string],
): Promise<void> {
  const facts = read(
    boundaryDueFacts,
    {
      class: flags.class ?? null,
      nationalSecurity: isYes(flags.nationalSecurity),
      reason: flags.reason ?? null,
    },
    'What was said',
  );
  await context.host.withApp(flags, async (app) => {
    await fetchBoundary(app, everywhere, systemId);
    await setBoundaryFacts(app, actorOf(flags), systemId, facts);
  });
  await showTold(context, flags, [systemId]);
}

type EvaluationFlags = DecisionFlags & {
  readonly exploitable?: Answer;
  readonly reachable?: Answer;
  readonly agencyImpact?: string;
  readonly evaluated?: string;
  readonly complyBy?: string;
  readonly vendorReleased?: string;
};

export async function tellPoam(
  context: CommandContext,
  flags: EvaluationFlags,
  [poamId]: readonly [string],
): Promise<void> {
  const facts = read(
    dueEvaluation,
    {
      evaluatedAt: flags.evaluated ?? null,
      exploitable: isYes(flags.exploitable),
      reachable: isYes(flags.reachable),
      agencyImpact: flags.agencyImpact ?? null,
      complyBy: flags.complyBy ?? null,
      vendorReleasedOn: flags.vendorReleased ?? null,
      note: flags.reason ?? null,
    },
    'The evaluation',
  );
  const explained = await context.host.withApp(flags, async (app) => {
    await evaluatePoam(app, actorOf(flags), everywhere, { poamId, ...facts });
    return explainDueDate(app, everywhere, poamId);
  });
  if (flags.json) context.printJson('dueExplanation', explained);
  else context.print(explanationLines(explained).join('\n'));
}

const exposedWords = ['yes', 'no', 'unknown'] as const;
const exposureOf = (text: string): boolean | null => {
  const word = oneOf('answer', exposedWords)(text);
  return word === 'unknown' ? null : word === 'yes';
};

function sayExposure(
  context: CommandContext,
  flags: GlobalFlags,
  subject: string,
  exposed: boolean | null,
): void {
  if (flags.json) context.printJson('exposureTold', { subject, exposed });
  else
    context.print(
      `Saved: whether ${subject} is publicly exposed: ${answerWord(exposed)}. Next: tieline sync run`,
    );
}

export async function tellAsset(
  context: CommandContext,
  flags: DecisionFlags,
  [wanted, exposed]: readonly [string, string],
): Promise<void> {
  const said = { exposed: exposureOf(exposed), reason: flags.reason ?? null };
  await context.host.withApp(flags, async (app) => {
    const { assetUuid } = await fetchAsset(app, wanted);
    await setExposure(app, actorOf(flags), { assetUuid, zone: null }, said);
  });
  sayExposure(context, flags, wanted, said.exposed);
}

export async function tellZone(
  context: CommandContext,
  flags: DecisionFlags,
  [zone, exposed]: readonly [string, string],
): Promise<void> {
  const said = { exposed: exposureOf(exposed), reason: flags.reason ?? null };
  await context.host.withApp(flags, (app) =>
    setExposure(app, actorOf(flags), { assetUuid: null, zone }, said),
  );
  sayExposure(context, flags, `zone ${zone}`, said.exposed);
}

export async function showTold(
  context: CommandContext,
  flags: GlobalFlags,
  [systemId]: readonly [string],
): Promise<void> {
  const told = await context.host.withApp(flags, async (app) => {
    await fetchBoundary(app, everywhere, systemId);
    return listToldFacts(app, systemId);
  });
  if (flags.json) context.printJson('dueFacts', told);
  else context.print(toldLines(told).join('\n'));
}

const toldLines = ({ boundary, exposures }: ToldFacts): string[] => [
  ...(boundary.length + exposures.length === 0 ? ['Nothing was said yet.'] : []),
  ...boundary.map(
    (each) =>
      `${minuteText(each.setAt)}  ${each.setBy}  class ${each.class ?? 'unknown'}, national security system: ${answerWord(each.nationalSecurity)}${each.reason === null ? '' : `: ${each.reason}`}`,
  ),
  ...exposures.map(
    (each) =>
      `${minuteText(each.setAt)}  ${each.setBy}  ${each.zone === null ? (each.asset ?? '') : `zone ${each.zone}`} publicly exposed: ${answerWord(each.exposed)}${each.reason === null ? '' : `: ${each.reason}`}`,
  ),
];

/** `due-policies unanswered`. */
export async function showUnanswered(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const found = await context.host.withApp(flags, ({ db }) =>
    listUnanswered(db, everywhere, { offset: 0, limit: 500 }),
  );
  if (flags.json) {
    context.printJson('dueUnanswered', found);
    return;
  }
  context.print(
    found.items.length === 0
      ? 'Every due date has what it hangs on.'
      : fittedTable(
          ['POA&M', 'SYSTEM', 'NOT KNOWN', 'EVALUATE BY', 'SINCE', 'WEAKNESS'],
          found.items.map((row) => [
            row.poamId,
            row.systemId ?? 'none',
            row.unknown.map((each) => each.replaceAll('_', ' ')).join(', '),
            row.evaluateBy === null ? '' : `${row.evaluateBy}${row.isEvaluationLate ? ' LATE' : ''}`,
            minuteText(row.since),
            shownText(row.weakness),
          ]),
          context.width,
        ),
  );
  if (found.total > found.items.length)
    context.print(`and ${found.total - found.items.length} more: tieline inbox --kind unanswered_fact`);
  if (found.items.length > 0) context.print('Answer: tieline due-policies tell poam|asset|zone|system');
}
