/** `secrets rotate`. */
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { counted } from '../kit/table.ts';

export async function rotate(
  context: CommandContext,
  flags: GlobalFlags & { readonly newKeyFile?: string },
): Promise<void> {
  const rotated = await context.host.rotateSecrets({ ...flags, account: accountName() });
  if (flags.json) context.printJson('secretsRotated', { secrets: rotated.secrets, keyId: rotated.keyId });
  else
    context.print(
      `${counted(rotated.secrets, 'secret')} encrypted again, under the key ${rotated.keyId}: ${rotated.place}.`,
    );
}
