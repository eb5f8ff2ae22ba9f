import type { FirstLevel } from '../kit/command.ts';

export const secrets: FirstLevel = {
  commands: [
    {
      name: 'rotate',
      description: 'encrypt every stored secret again, under a new master key',
      options: [
        {
          flags: '--new-key-file <file>',
          description: 'a file with the new key (32 random bytes in base64); without it one is generated',
        },
      ],
      notes: () =>
        Promise.resolve(
          'Where the present key is in TIELINE_MASTER_KEY, give the new one in TIELINE_NEW_MASTER_KEY or --new-key-file.',
        ),
      action: async () => (await import('./secrets.actions.ts')).rotate,
    },
  ],
};
