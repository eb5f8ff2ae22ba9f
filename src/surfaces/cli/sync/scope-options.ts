/** --system, --entity and --full: what a sync or a plan is about. */
import { knownWord } from '../../../platform/errors/index.ts';
import { type EntityType, entityTypes } from '../../../canonical/vocabulary/index.ts';
import type { OptionSpec } from '../kit/command.ts';
import { several } from '../kit/flags.ts';

/** An entity as a flag names it, also in the plural; may be given more than once. @throws TielineError USAGE. */
export function entityNamed(text: string, before: EntityType[] | undefined): EntityType[] {
  const plural = entityTypes.find((each) => `${each}s` === text.trim().toLowerCase());
  return [...(before ?? []), plural ?? knownWord('entity', text, entityTypes, 'entities')];
}

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
    parse: entityNamed,
  },
  { flags: '--full', description: 'read everything, not only what changed' },
];
