import type { CommandSpec, FirstLevel, NounSpec } from '../kit/command.ts';
import { byOption, decisionOptions, limitOption, oneOf, several, wholeNumber } from '../kit/flags.ts';
import { filterOption, listOptions } from '../lists/list-options.ts';
import { poamImport, poamImports } from '../poam-files/poam-import.command.ts';
import { poamEvidence } from './poam-evidence.command.ts';
import { poamReviews } from './poam-reviews.command.ts';

const day = (what: string, isRequired: boolean) => ({
  flags: '--due <day>',
  description: what,
  ...(isRequired ? { required: true as const } : {}),
});

const edit: CommandSpec = {
  name: 'edit',
  arguments: '[poam]',
  description: 'change fields of one POA&M, or of all that a filter finds; the next sync sends it',
  options: [
    {
      flags: '--set <field=value>',
      description: 'the new value; empty: the field is emptied. May be given more than once',
      parse: several,
      default: [],
    },
    {
      flags: '--shift-due <days>',
      description: 'with --filter: move each scheduled completion by so many days',
      parse: wholeNumber(-3650, 3650),
    },
    {
      flags: '--version <version>',
      description: 'of the record that you saw (poams show); another one is refused',
    },
    filterOption,
    { flags: '--yes', description: 'with --filter: do it; without, it is tried and shown', default: false },
    ...decisionOptions,
  ],
  examples: [
    'poams edit POAM-2026-0001 --set poc="A. Lee" --set scheduled_completion=2026-12-10 --reason "the patch is out"',
    'poams edit --filter "system=SYS-001 owner=none" --set poc="A. Lee"',
  ],
  action: async () => (await import('./poam-edits.actions.ts')).editPoam,
};

const milestone: NounSpec = {
  name: 'milestone',
  description: 'plan milestones: add, move, complete, fit into the promised day',
  commands: [
    {
      name: 'add',
      arguments: '<poam> <description>',
      description: 'add one to a POA&M',
      options: [day('planned for: YYYY-MM-DD', true), ...decisionOptions],
      action: async () => (await import('./poam-edits.actions.ts')).addOne,
    },
    {
      name: 'move',
      arguments: '<milestone>',
      description: 'plan it for another day, with a reason; by its number in `poams milestones`',
      options: [day('the new day: YYYY-MM-DD', true), ...decisionOptions],
      action: async () => (await import('./poam-edits.actions.ts')).moveOne,
    },
    {
      name: 'fit',
      arguments: '<poam>',
      description: 'move those that lie after the day which the POA&M promises, to that day or in proportion',
      options: [
        {
          flags: '--to <how>',
          description: 'proportion (the last one there, the others between) or date (all there)',
          choices: ['proportion', 'date'],
          default: 'proportion',
        },
        ...decisionOptions,
      ],
      examples: ['poams milestone fit POAM-2026-0001 --reason "due earlier: KEV"'],
      action: async () => (await import('./poam-edits.actions.ts')).fitAll,
    },
    {
      name: 'done',
      arguments: '<milestone>',
      description: 'it is completed; by its number in `poams milestones`',
      options: [
        { flags: '--on <day>', description: 'when: YYYY-MM-DD (default: today)' },
        ...decisionOptions,
      ],
      action: async () => (await import('./poam-edits.actions.ts')).completeOne,
    },
  ],
};

const life: NounSpec = {
  name: 'life',
  description: 'how the POA&Ms of an authorization boundary live',
  commands: [
    {
      name: 'show',
      reads: true,
      arguments: '<boundary>',
      description: 'when they are completed on evidence, opened again, and what a contradiction comes to',
      action: async () => (await import('./poam-life.actions.ts')).showLife,
    },
    {
      name: 'set',
      arguments: '<boundary>',
      description: 'set what is named; the rest stays',
      options: [
        {
          flags: '--close <when>',
          description: 'complete on evidence: at once, days (--close-days) or word (of a person)',
          parse: oneOf('word', ['at once', 'days', 'word']),
        },
        {
          flags: '--close-days <days>',
          description: 'days without return after the evidence',
          parse: wholeNumber(0, 3650),
        },
        {
          flags: '--reopen-days <days>',
          description: 'a finding that returns within so many days opens its POA&M again; 0: never',
          parse: wholeNumber(0, 3650),
        },
        {
          flags: '--contradiction <what>',
          description:
            'completed at the remote while findings are open: ask, reopen, accept (--accept-until)',
          parse: oneOf('word', ['ask', 'reopen', 'accept']),
        },
        { flags: '--accept-until <day>', description: 'YYYY-MM-DD' },
        {
          flags: '--fedramp <yes|no>',
          description: 'authorized by FedRAMP',
          parse: oneOf('word', ['yes', 'no']),
        },
        { flags: '--default', description: 'give back to the default what is not named', default: false },
        ...decisionOptions,
      ],
      examples: ['poams life set SYS-001 --close days --close-days 14'],
      action: async () => (await import('./poam-life.actions.ts')).setLife,
    },
  ],
};

export const poams: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'POA&Ms, by default those due first',
      options: listOptions,
      examples: [
        'poams list --filter "overdue=yes"',
        'poams list --filter "agreement=conflict,refused" --sort -severity',
      ],
      action: async () => (await import('./poams.actions.ts')).showPoams,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<poam>',
      description:
        'one POA&M: dates, each field here and there, milestones, weaknesses, what stands in the way',
      action: async () => (await import('./poams.actions.ts')).showPoam,
    },
    edit,
    {
      name: 'comment',
      arguments: '<poam> [text]',
      description: 'write a comment that stays in Tieline; without a text, read them',
      options: [byOption, limitOption(10_000, 50)],
      action: async () => (await import('./poam-edits.actions.ts')).comment,
    },
    {
      name: 'milestones',
      description: 'milestones of all POA&Ms, by default those planned first',
      options: listOptions,
      examples: ['poams milestones --filter "open=yes due=..30d"'],
      action: async () => (await import('./poams.actions.ts')).showMilestones,
    },
    milestone,
    poamEvidence,
    poamImport,
    poamImports,
    ...poamReviews,
    {
      name: 'history',
      arguments: '<poam>',
      description:
        'its whole story in the order of time: changes, findings, questions, requests, what was sent',
      options: [limitOption(1_000, 200)],
      action: async () => (await import('./poam-life.actions.ts')).showStory,
    },
    {
      name: 'explain',
      reads: true,
      arguments: '<poam>',
      description:
        'why it was made, by which rule, why it is due then, in which state and why, the evidence of each finding',
      action: async () => (await import('./poam-life.actions.ts')).explain,
    },
    {
      name: 'complete',
      arguments: '<poam>',
      description: 'complete it; without evidence for each finding, others agree first',
      options: [
        { flags: '--on <day>', description: 'when: YYYY-MM-DD (default: today)' },
        ...decisionOptions,
      ],
      examples: ['poams complete POAM-2026-0001 --reason "verified by rescan"'],
      action: async () => (await import('./poam-life.actions.ts')).complete,
    },
    {
      name: 'reopen',
      arguments: '<poam>',
      description: 'open it again',
      options: decisionOptions,
      action: async () => (await import('./poam-life.actions.ts')).reopen,
    },
    {
      name: 'extend',
      arguments: '<poam>',
      description: 'ask for an extension to another day; the first promised day is kept beside',
      options: [
        { flags: '--to <day>', description: 'the new day: YYYY-MM-DD', required: true },
        ...decisionOptions,
      ],
      examples: ['poams extend POAM-2026-0001 --to 2027-01-31 --reason "the vendor is late"'],
      action: async () => (await import('./poam-life.actions.ts')).extend,
    },
    life,
  ],
};
