/** `due-policies list|show|set|add|history|explain|stands|try|days`. */
import { parse } from 'yaml';
import { z } from 'zod';
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import type { EarlierRule } from '../../../canonical/due-dates/index.ts';
import { dueTrial, newDuePolicy } from '../../../contract/index.ts';
import {
  addPolicyVersion,
  changeFreeDay,
  explainDueDate,
  fetchDuePolicy,
  inputsOfTrial,
  letPromiseStand,
  listDuePolicies,
  listFreeDays,
  listPolicyHistory,
  previewPolicyUse,
  setPolicyUse,
  tryDueDate,
} from '../../../modules/due-dates/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { fetchBoundary } from '../../../review/boundaries/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { type DecisionFlags, readNamedFile } from '../kit/flags.ts';
import { read } from './read-input.ts';
import {
  answerLines,
  explanationLines,
  policiesTable,
  policyLines,
  previewLines,
  usesTable,
} from './due-policies.view.ts';

/** The operator at the machine, under the name that was given. */
const actorOf = (flags: DecisionFlags): Actor => ({
  ...localOperator(accountName()),
  name: decider(flags).by,
});

export async function showPolicies(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const found = await context.host.withApp(flags, (app) => listDuePolicies(app, everywhere));
  if (flags.json) context.printJson('duePolicies', found);
  else context.print(policiesTable(found, context.width));
}

export async function showPolicy(
  context: CommandContext,
  flags: GlobalFlags,
  [policyId]: readonly [string],
): Promise<void> {
  const found = await context.host.withApp(flags, (app) => fetchDuePolicy(app, everywhere, policyId));
  if (flags.json) context.printJson('duePolicy', found);
  else context.print(policyLines(found).join('\n'));
}

const ways = { on: true, off: false, inherit: null } as const;
type SetFlags = DecisionFlags & {
  readonly system?: string;
  readonly open: boolean;
  readonly earlier?: EarlierRule;
  readonly yes: boolean;
};

export async function setUse(
  context: CommandContext,
  flags: SetFlags,
  [policyId, how]: readonly [string, string],
): Promise<void> {
  const applies = read(z.enum(['on', 'off', 'inherit']), how, 'how');
  const systemId = flags.system ?? null;
  if (applies === 'inherit' && systemId === null)
    throw new TielineError('USAGE', 'The default inherits from nothing: say on or off, or name a --system.');
  const use = {
    policyId,
    systemId,
    applies: ways[applies],
    coversOpen: flags.open,
    whenEarlier: flags.earlier ?? null,
    reason: flags.reason ?? null,
  };
  const preview = await context.host.withApp(flags, async (app) => {
    if (systemId !== null) await fetchBoundary(app, everywhere, systemId);
    const wouldDo = await previewPolicyUse(app, everywhere, use);
    if (flags.yes) await setPolicyUse(app, actorOf(flags), use);
    return wouldDo;
  });
  if (flags.json) context.printJson('duePolicyPreview', preview);
  else
    context.print(
      [
        ...previewLines(preview),
        flags.yes
          ? 'Saved. Next: tieline sync run, which records the new obligations.'
          : 'Nothing was changed. To do it: the same with --yes',
      ].join('\n'),
    );
}

export async function addPolicy(
  context: CommandContext,
  flags: DecisionFlags,
  [path]: readonly [string],
): Promise<void> {
  const text = await readNamedFile(path);
  const given = read(newDuePolicy, parsedYaml(path, text), path);
  const added = await context.host.withApp(flags, (app) => addPolicyVersion(app, actorOf(flags), given));
  if (flags.json) context.printJson('duePolicyAdded', added);
  else
    context.print(
      `Added ${added.policyId}, version ${added.version}. It applies where it is set: tieline due-policies set ${added.policyId} on`,
    );
}

function parsedYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new TielineError('USAGE', `${path} is not YAML: ${messageOf(cause).split('\n', 1)[0] ?? ''}`, {
      cause,
    });
  }
}

export async function showHistory(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const uses = await context.host.withApp(flags, (app) => listPolicyHistory(app, everywhere));
  if (flags.json) context.printJson('duePolicyHistory', uses);
  else context.print(usesTable(uses, context.width));
}

export async function explainPoam(
  context: CommandContext,
  flags: GlobalFlags,
  [poamId]: readonly [string],
): Promise<void> {
  const explained = await context.host.withApp(flags, (app) => explainDueDate(app, everywhere, poamId));
  if (flags.json) context.printJson('dueExplanation', explained);
  else context.print(explanationLines(explained).join('\n'));
}

export async function letStand(
  context: CommandContext,
  flags: DecisionFlags,
  [poamId]: readonly [string],
): Promise<void> {
  const { reason } = flags;
  if (reason === undefined || reason.trim().length < 3)
    throw new TielineError('USAGE', 'Why does the promised date stand?', {
      fields: [{ field: '--reason', message: 'is needed' }],
    });
  const explained = await context.host.withApp(flags, async (app) => {
    await letPromiseStand(app, actorOf(flags), everywhere, { poamId, reason });
    return explainDueDate(app, everywhere, poamId);
  });
  if (flags.json) context.printJson('dueExplanation', explained);
  else
    context.print(
      `The promised date of ${poamId} stands: ${explained.promised ?? ''}, obliged by ${explained.obligedBy ?? ''}.`,
    );
}

type TryFlags = GlobalFlags & Readonly<Record<string, unknown>> & { readonly system?: string };

export async function tryPolicies(context: CommandContext, flags: TryFlags): Promise<void> {
  const { system, detected, evaluated, epss, ...others } = flags;
  const known = Object.fromEntries(Object.entries(others).filter(([name]) => name in dueTrial.shape));
  const trial = read(
    dueTrial,
    {
      ...known,
      detectedOn: detected,
      ...(evaluated === undefined ? {} : { evaluatedAt: evaluated }),
      ...(typeof epss === 'string' ? { epss: Number(epss) } : {}),
      systemId: system ?? null,
      every: system === undefined,
    },
    'The weakness',
  );
  const answers = await context.host.withApp(flags, (app) =>
    tryDueDate(app, everywhere, {
      systemId: trial.systemId,
      every: trial.every,
      inputs: inputsOfTrial(trial),
    }),
  );
  if (flags.json) context.printJson('dueAnswers', answers);
  else context.print(answerLines(answers).join('\n'));
}

export async function showDays(
  context: CommandContext,
  flags: GlobalFlags & { readonly year?: number },
): Promise<void> {
  const found = await context.host.withApp(flags, (app) =>
    listFreeDays(app, flags.year ?? app.now().getUTCFullYear()),
  );
  if (flags.json) context.printJson('freeDays', found);
  else
    context.print(
      [
        `Federal holidays: ${found.federal.join(', ')}`,
        ...found.own.map(
          ({ calendar, day, isWorking, title }) =>
            `${day}  ${isWorking ? 'worked on' : 'free'}  ${title}  (calendar ${calendar})`,
        ),
      ].join('\n'),
    );
}

const calendar = 'federal';
const dayOf = (text: string): string => read(z.iso.date(), text, 'day');

export async function setDay(
  context: CommandContext,
  flags: DecisionFlags & { readonly working: boolean },
  [day, title]: readonly [string, string],
): Promise<void> {
  await context.host.withApp(flags, (app) =>
    changeFreeDay(app, actorOf(flags), { calendar, day: dayOf(day) }, { isWorking: flags.working, title }),
  );
  await showDays(context, flags);
}

export async function removeDay(
  context: CommandContext,
  flags: DecisionFlags,
  [day]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, (app) =>
    changeFreeDay(app, actorOf(flags), { calendar, day: dayOf(day) }, null),
  );
  await showDays(context, flags);
}
