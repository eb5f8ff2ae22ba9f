/** --system, --entity and --full: what a sync or a plan is about. */
import type { OptionSpec } from '../kit/command.ts';
import { several } from '../kit/flags.ts';

export const scopeOptions: readonly OptionSpec[] = [
  {
    flags: '--system <name>',
    description: 'only this system; may be given more than once',
    parse: several,
  },
  {
    flags: '--entity <entity>',
    description:
      'only this entity (asset, finding, compliance, system, component, control, poam, milestone, acceptance, asset_tag, asset_context); may be given more than once',
    parse: several,
  },
  { flags: '--full', description: 'read everything, not only what changed' },
];
