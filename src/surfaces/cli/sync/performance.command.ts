import { timingKinds } from '../../../platform/timings/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { wholeNumber } from '../kit/flags.ts';

export const performance: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description:
        'calls, steps, jobs, statements and requests by operation; what took longest in all comes first',
      options: [
        { flags: '--hours <n>', description: 'how far back', parse: wholeNumber(1, 720), default: 24 },
        { flags: '--kind <kind>', description: 'only this kind', choices: timingKinds },
      ],
      examples: ['performance', 'performance --kind api_call --hours 168'],
      action: async () => (await import('./performance.actions.ts')).listPerformance,
    },
    {
      name: 'prometheus',
      reads: true,
      description: 'state and counters in the text format of Prometheus, for a collector of files',
      examples: ['performance prometheus'],
      action: async () => (await import('./performance.actions.ts')).printPrometheus,
    },
  ],
};
