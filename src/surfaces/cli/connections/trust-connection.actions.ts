/** `connections trust`. */
import { localOperator } from '../../../canonical/access/index.ts';
import type { TrustLevel } from '../../../canonical/policy/index.ts';
import { fetchTrust, setTrust, tryTrust } from '../../../review/connections/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { releaseQuestion, waitingLines } from '../decisions/policies.view.ts';

const meaning: Readonly<Record<TrustLevel, string>> = {
  read_only: 'it is read from; nothing is planned for it or sent to it',
  plan_only: 'what would be sent is planned and can be looked at; nothing is sent',
  approved: 'what a person approves is sent',
  automatic: 'changes are sent by themselves',
};

interface TrustFlags extends DecisionFlags {
  readonly level?: TrustLevel;
  readonly yes?: boolean;
}

export async function trust(
  context: CommandContext,
  flags: TrustFlags,
  [name]: readonly [string],
): Promise<void> {
  const { level: wanted } = flags;
  await context.host.withApp(flags, async (app) => {
    const { level: before, exceptions } = await fetchTrust(app, name);
    const level = wanted ?? before;
    const tried = await tryTrust(app, name, level);
    const { released } = tried.waiting;
    if (released.length > 0 && !(await confirmed(context, flags, releaseQuestion(name, released)))) return;
    const step =
      wanted === undefined
        ? tried
        : await setTrust(app, name, wanted, {
            ...decider(flags),
            origin: { way: 'local', actor: localOperator(accountName()) },
          });
    if (flags.json) {
      context.printJson('connectionTrust', step);
      return;
    }
    context.print(`${name} is ${level.replace('_', ' ')}: ${meaning[level]}.`);
    if (exceptions.length > 0) context.print(`With policies of their own: ${exceptions.join(', ')}.`);
    for (const line of waitingLines(step.waiting, name)) context.print(line);
  });
}
