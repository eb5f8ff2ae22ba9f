import { ruledRequestKinds, severities } from '../../../../canonical/vocabulary/index.ts';
import type { FirstLevel, OptionSpec } from '../../kit/command.ts';
import { byOption, oneOf, several, wholeNumber } from '../../kit/flags.ts';

const placeOptions: readonly OptionSpec[] = [
  {
    flags: '--boundary <system-id>',
    description: 'authorization boundary (default: every one without a rule of its own)',
  },
  {
    flags: '--severity <severity>',
    description: `only for this severity (${severities.join(', ')})`,
    parse: oneOf('severity', severities),
  },
];

export const deciders: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'who decides what people ask for: deviations, extensions, completions',
      options: [{ flags: '--boundary <system-id>', description: 'the rules that hold in this one' }],
      action: async () => (await import('./deciders.actions.ts')).listDeciders,
    },
    {
      name: 'set',
      arguments: '<kind>',
      description: `set who decides a kind of request (${ruledRequestKinds.join(', ')})`,
      options: [
        ...placeOptions,
        {
          flags: '--level <roles>',
          description:
            'roles asked in turn: "isso, issm" one of them, "isso + issm" each of them; may be given more than once',
          parse: several,
        },
        { flags: '--nobody', description: 'nobody is asked: it happens at once', default: false },
        { flags: '--refuse', description: 'such a request is not taken; --note says why', default: false },
        {
          flags: '--within <days>',
          description: 'a request that nobody decides in so many days falls back',
          parse: wholeNumber(1, 365),
        },
        {
          flags: '--longest <days>',
          description: 'what is granted holds at most so many days, and so must bear an end',
          parse: wholeNumber(1, 3650),
        },
        { flags: '--note <text>', description: 'shown to whoever asks' },
        byOption,
      ],
      action: async () => (await import('./deciders.actions.ts')).setDecider,
    },
    {
      name: 'reset',
      arguments: '<kind>',
      description: 'remove the rule of a boundary; the rules of every boundary then hold',
      options: [...placeOptions, byOption],
      action: async () => (await import('./deciders.actions.ts')).resetDecider,
    },
  ],
};
