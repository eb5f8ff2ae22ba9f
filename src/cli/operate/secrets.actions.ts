import type { Command } from 'commander';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { counted } from '../kit/table.ts';

export function addSecretsCommands(program: Command, context: CommandContext): void {
  const secrets = program.command('secrets').description('the key that protects stored secrets');
  secrets
    .command('rotate')
    .description('encrypt every stored secret again, under a new master key')
    .option(
      '--new-key-file <file>',
      'a file with the new key (32 random bytes in base64); without it one is generated',
    )
    .addHelpText(
      'after',
      '\nWhere the present key is in TIELINE_MASTER_KEY, give the new one in TIELINE_NEW_MASTER_KEY or --new-key-file.',
    )
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { newKeyFile?: string }>();
      const rotated = await context.host.rotateSecrets(flags);
      if (flags.json) context.printJson({ secrets: rotated.secrets, keyId: rotated.keyId });
      else
        context.print(
          `${counted(rotated.secrets, 'secret')} encrypted again, under the key ${rotated.keyId}: ${rotated.place}.`,
        );
    });
}
