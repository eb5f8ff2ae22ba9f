import type { DemoFlags, CommandContext } from '../kit/command-context.ts';
import type { FirstLevel } from '../kit/command.ts';
import { wholeNumber } from '../kit/flags.ts';

export const demo: FirstLevel = {
  options: [
    {
      flags: '--once',
      description: 'stop everything after the second sync instead of staying up',
      default: false,
    },
    {
      flags: '--recorded <dir>',
      description:
        'serve recorded Tenable exports (assets-chunk*.json, vulns-chunk*.json) instead of the invented world',
    },
    {
      flags: '--size <n>',
      description: 'how many times the invented world of 80 assets',
      parse: wholeNumber(1, 200),
      default: 1,
    },
    {
      flags: '--seed <n>',
      description: 'which invented world',
      parse: wholeNumber(0, 2 ** 31 - 1),
      default: 1,
    },
  ],
  // The composition root does it: it alone knows the simulators.
  action: () => Promise.resolve(runDemo),
};

async function runDemo(context: CommandContext, flags: DemoFlags): Promise<void> {
  context.result.exitCode = await context.host.runDemo(flags);
}
