import { dueConditions, earlierRules } from '../../../canonical/due-dates/index.ts';
import { severities } from '../../../canonical/vocabulary/index.ts';
import type { CommandSpec, FirstLevel, NounSpec, OptionSpec } from '../kit/command.ts';
import { byOption, decisionOptions, oneOf, wholeNumber } from '../kit/flags.ts';

const system = (description: string): OptionSpec => ({ flags: '--system <system>', description });
const yes = (description: string): OptionSpec => ({ flags: '--yes', description, default: false });
const dayOption = (flags: string, description: string): OptionSpec => ({ flags, description });
const choice = (name: string, values: readonly string[], description: string): OptionSpec => ({
  flags: `--${name} <answer>`,
  description,
  choices: values,
});

const set: CommandSpec = {
  name: 'set',
  arguments: '<policy> <how>',
  description:
    'say whether a policy applies: on, off, or inherit (as by default); without --yes, what that would do is shown',
  options: [
    system('only in this authorization boundary; else the default of all'),
    {
      flags: '--open',
      description:
        'also for weaknesses that were open before the policy began, from the day on which it began',
      default: false,
    },
    {
      flags: '--earlier <rule>',
      description:
        'what becomes of promised dates when it gives an earlier one: ask a person, approve (those who decide are asked), or follow; else as the default or the policy says',
      choices: earlierRules,
    },
    yes('do it'),
    ...decisionOptions,
  ],
  examples: [
    'due-policies set cisa-bod-26-04 on --system SYS-001',
    'due-policies set cisa-bod-26-04 on --system SYS-001 --earlier approve --yes --reason "AO memo of 2 December"',
    'due-policies set fedramp-vdr on --system SYS-001 --open --yes --reason "class C from 2026-12-07"',
  ],
  action: async () => (await import('./due-policies.actions.ts')).setUse,
};

const tryIt: CommandSpec = {
  name: 'try',
  description: 'what policies say of a weakness that is made up; what is left out is unknown',
  options: [
    {
      flags: '--severity <severity>',
      description: severities.join(', '),
      parse: oneOf('severity', severities),
      required: true,
    },
    { ...dayOption('--detected <day>', 'first found: YYYY-MM-DD'), required: true },
    system('by the policies of this authorization boundary; else by every policy that there is'),
    choice('kev', dueConditions.kev, 'its CVE is known to be exploited'),
    dayOption('--kev-added <day>', 'when it was listed as exploited'),
    dayOption('--kev-due <day>', 'the due date that the catalogue gives'),
    choice('automatable', dueConditions.automatable, 'its exploitation can be automated'),
    dayOption('--epss <score>', 'the EPSS score of its CVE, from 0 to 1'),
    choice('adjusted', severities, 'what an approved risk adjustment rates it'),
    choice('impact', dueConditions.impact, 'what an attacker gains'),
    choice('exposed', dueConditions.exposed, 'the asset can be reached from public networks by anybody'),
    choice('class', dueConditions.class, 'FedRAMP class of the boundary'),
    choice('national-security', ['yes', 'no'], 'the boundary is a national security system'),
    { flags: '--evaluated <instant>', description: 'when it was evaluated: 2026-12-10T20:00:00Z' },
    choice('reachable', dueConditions.reachable, 'reachable from the internet'),
    choice('exploitable', dueConditions.exploitable, 'likely exploitable'),
    choice('agency-impact', dueConditions.agency_impact, 'potential agency impact'),
    dayOption('--comply-by <day>', 'the day that a notice gives'),
  ],
  examples: [
    'due-policies try --severity High --detected 2026-11-20 --kev yes --automatable yes --impact total',
  ],
  action: async () => (await import('./due-policies.actions.ts')).tryPolicies,
};

const tell: NounSpec = {
  name: 'tell',
  description:
    'say what due dates hang on and no scanner knows; what was said is kept, and the newest counts',
  commands: [
    {
      name: 'system',
      arguments: '<system>',
      description:
        'the FedRAMP class of a boundary, and whether it is a national security system; what is left out is unknown',
      options: [
        choice('class', dueConditions.class, 'FedRAMP class'),
        choice('national-security', ['yes', 'no'], 'it is a national security system'),
        ...decisionOptions,
      ],
      action: async () => (await import('./due-facts.actions.ts')).tellSystem,
    },
    {
      name: 'poam',
      arguments: '<poam>',
      description: 'evaluate the weaknesses of a POA&M; what is left out is unknown',
      options: [
        choice('exploitable', dueConditions.exploitable, 'likely exploitable'),
        choice('reachable', dueConditions.reachable, 'reachable from the internet'),
        choice('agency-impact', dueConditions.agency_impact, 'potential agency impact'),
        { flags: '--evaluated <instant>', description: 'when: 2026-12-10T20:00:00Z; default: now' },
        dayOption('--comply-by <day>', 'the day that a notice (IAVM) gives'),
        dayOption('--vendor-released <day>', 'when the vendor released the fix that was waited for'),
        ...decisionOptions,
      ],
      action: async () => (await import('./due-facts.actions.ts')).tellPoam,
    },
    {
      name: 'asset',
      arguments: '<asset> <exposed>',
      description: 'whether an asset can be reached from public networks by anybody: yes, no, unknown',
      options: decisionOptions,
      action: async () => (await import('./due-facts.actions.ts')).tellAsset,
    },
    {
      name: 'zone',
      arguments: '<zone> <exposed>',
      description:
        'the same of all assets of a network zone; what is said of an asset itself counts before it',
      options: decisionOptions,
      action: async () => (await import('./due-facts.actions.ts')).tellZone,
    },
    {
      name: 'list',
      reads: true,
      arguments: '<system>',
      description: 'what was said of a boundary, its assets and of zones, the newest first',
      action: async () => (await import('./due-facts.actions.ts')).showTold,
    },
  ],
};

const unanswered: CommandSpec = {
  name: 'unanswered',
  description: 'POA&Ms whose due date hangs on what nobody has said',
  action: async () => (await import('./due-facts.actions.ts')).showUnanswered,
};

const days: NounSpec = {
  name: 'days',
  description: 'days on which people work or do not: own days beside weekends and federal holidays',
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'own days, and the federal holidays of a year',
      options: [{ flags: '--year <year>', description: 'default: this one', parse: wholeNumber(1970, 2200) }],
      action: async () => (await import('./due-policies.actions.ts')).showDays,
    },
    {
      name: 'set',
      arguments: '<day> <title>',
      description: 'nobody works on this day',
      options: [
        { flags: '--working', description: 'people do, although they would not', default: false },
        byOption,
      ],
      action: async () => (await import('./due-policies.actions.ts')).setDay,
    },
    {
      name: 'remove',
      arguments: '<day>',
      description: 'it is a day like any other',
      options: [byOption],
      action: async () => (await import('./due-policies.actions.ts')).removeDay,
    },
  ],
};

export const duePolicies: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'every policy, whether it is in force, and where it applies',
      action: async () => (await import('./due-policies.actions.ts')).showPolicies,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<policy>',
      description: 'one policy: its versions with their tables, and where it applies',
      action: async () => (await import('./due-policies.actions.ts')).showPolicy,
    },
    set,
    {
      name: 'add',
      arguments: '<file>',
      description:
        'add a policy, or a version of one, from YAML or JSON (docs/due-dates.md); nothing is overwritten',
      options: [byOption],
      action: async () => (await import('./due-policies.actions.ts')).addPolicy,
    },
    {
      name: 'history',
      description: 'which policies ever applied where, by whom and why',
      action: async () => (await import('./due-policies.actions.ts')).showHistory,
    },
    {
      name: 'explain',
      reads: true,
      arguments: '<poam>',
      description:
        'why a POA&M is due when it is: both dates, every policy’s answer, and every obligation that it ever had',
      action: async () => (await import('./due-policies.actions.ts')).explainPoam,
    },
    {
      name: 'stands',
      arguments: '<poam>',
      description: 'let the promised date of a POA&M stand although it is obliged earlier; needs a reason',
      options: decisionOptions,
      action: async () => (await import('./due-policies.actions.ts')).letStand,
    },
    tryIt,
    tell,
    unanswered,
    days,
  ],
};
