/** `poams evidence get|delivered|resend|accept`. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import {
  acceptPoamEvidence,
  deliverPoamEvidence,
  findPoamEvidence,
  openPoamEvidence,
  resendPoamEvidence,
} from '../../../review/records/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { writeWhole } from '../lists/write-file.ts';

export async function getEvidence(
  context: CommandContext,
  flags: GlobalFlags,
  [poamId, named, to]: readonly [string, string, string],
): Promise<void> {
  const file = await context.host.withApp(flags, async (app) => {
    const sha256 = await findPoamEvidence(app, { poamId, named });
    const { stream, bytes } = await openPoamEvidence(app, everywhere, { poamId, sha256 });
    await writeWhole(stream, to);
    return { sha256, bytes };
  });
  if (flags.json) context.printJson('keptFile', file);
  else context.print(`${to}: ${file.bytes.toLocaleString('en-US')} bytes, as its SHA-256 says.`);
}

type Deciding = typeof deliverPoamEvidence;

/** The action of a command that decides about one file. */
const deciding =
  (decide: Deciding) =>
  async (
    context: CommandContext,
    flags: DecisionFlags,
    [poamId, named]: readonly [string, string],
  ): Promise<void> => {
    const { by, reason } = decider(flags);
    const outcome = await context.host.withApp(flags, async (app) => {
      const sha256 = await findPoamEvidence(app, { poamId, named });
      const who = { actor: localOperator(by), scope: everywhere };
      return decide(app, { who, of: { poamId, sha256 }, reason });
    });
    if (flags.json) context.printJson('deviationChanged', outcome);
    else context.print(`Recorded. See: tieline poams show ${poamId}`);
  };

export const deliverEvidence = deciding(deliverPoamEvidence);
export const resendEvidence = deciding(resendPoamEvidence);
export const acceptEvidence = deciding(acceptPoamEvidence);
