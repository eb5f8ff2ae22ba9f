import type { FirstLevel } from '../kit/command.ts';
import { byOption, several, wholeNumber } from '../kit/flags.ts';

const matches = 'cci, plugin_id, family, cwe, cve, name, any';

export const controls: FirstLevel = {
  commands: [
    {
      name: 'rules',
      description: 'rules that tie weaknesses to NIST SP 800-53 controls',
      commands: [
        {
          name: 'list',
          isDefault: true,
          description: 'all rules, in the order in which they are asked: the first that matches counts',
          action: async () => (await import('./controls.actions.ts')).listRules,
        },
        {
          name: 'add',
          arguments: '<match> <pattern>',
          description: `add a rule by ${matches}; family and name take a regular expression`,
          options: [
            {
              flags: '--control <id>',
              description: 'of SP 800-53 revision 5; may be given more than once, the first one leads',
              parse: several,
              required: true,
            },
            {
              flags: '--priority <n>',
              description: 'the lowest is asked first',
              parse: wholeNumber(1, 100_000),
              default: 50,
            },
            { flags: '--source <text>', description: 'why', required: true },
            byOption,
          ],
          examples: [
            'controls rules add cwe CWE-798 --control IA-5 --source "hard-coded credentials" --priority 300',
          ],
          action: async () => (await import('./controls.actions.ts')).addRule,
        },
        {
          name: 'remove',
          arguments: '<rule>',
          description: 'remove a rule; by its number',
          options: [byOption],
          action: async () => (await import('./controls.actions.ts')).removeRule,
        },
        {
          name: 'explain',
          arguments: '<plugin>',
          description: 'which controls a plugin concerns, and by which rule',
          action: async () => (await import('./controls.actions.ts')).explain,
        },
      ],
    },
  ],
};
