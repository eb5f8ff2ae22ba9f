import type { FirstLevel } from '../kit/command.ts';
import { wholeNumber } from '../kit/flags.ts';

export const importFiles: FirstLevel = {
  arguments: '<paths...>',
  options: [
    {
      flags: '--system <name>',
      description: 'the source that the files are filed under (default: scan files); made if it is not there',
    },
    {
      flags: '--new-source',
      description: 'make the source also if its name is nearly that of another one',
      default: false,
    },
    {
      flags: '--zone <name>',
      description:
        'time zone (IANA name) of times that name none, or one of several meanings such as IST; kept with the source',
    },
    {
      flags: '--keep-partial',
      description: 'of a broken file keep the hosts that are whole (default: nothing of it)',
      default: false,
    },
    { flags: '--watch', description: 'stay, and import what comes into the folders', default: false },
    {
      flags: '--every <seconds>',
      description: 'how often the folders are looked at',
      parse: wholeNumber(1, 86_400),
      default: 10,
    },
  ],
  examples: ['import weekly.nessus', 'import /srv/scans --watch'],
  action: async () => (await import('./import.actions.ts')).importScanFiles,
};
