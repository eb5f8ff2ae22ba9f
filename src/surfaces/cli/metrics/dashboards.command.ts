import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { leavingOptions, wholeNumber } from '../kit/flags.ts';

const period: readonly OptionSpec[] = [
  { flags: '--days <n>', description: 'how far back', parse: wholeNumber(7, 730), default: 90 },
  { flags: '--system <system>', description: 'only of this authorization boundary' },
];

const list: CommandSpec = {
  name: 'list',
  reads: true,
  description: 'the dashboards that ship and those that people made',
  isDefault: true,
  action: async () => (await import('./dashboards.actions.ts')).showDashboards,
};

const show: CommandSpec = {
  name: 'show',
  reads: true,
  arguments: '<dashboard>',
  description: 'the numbers of a dashboard as they are now',
  options: period,
  examples: ['dashboards show executive', 'dashboards show exposure --system SYS-001'],
  action: async () => (await import('./dashboards.actions.ts')).showDashboard,
};

const exportIt: CommandSpec = {
  name: 'export',
  reads: true,
  exports: true,
  arguments: '<dashboard>',
  description: 'the numbers of a dashboard over time: as CSV, or on paper as PDF',
  options: [
    ...period,
    { flags: '--pdf <file>', description: 'write it there as PDF, in place of CSV to the output' },
    ...leavingOptions,
  ],
  examples: [
    'dashboards export executive --days 365 > executive.csv',
    'dashboards export executive --pdf executive.pdf',
  ],
  action: async () => (await import('./dashboards.actions.ts')).exportDashboard,
};

export const dashboards: FirstLevel = { commands: [list, show, exportIt] };
