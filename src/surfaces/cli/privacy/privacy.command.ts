import {
  allConsentWays,
  allDisclosureNatures,
  allIdentityWays,
  allPrivacyReasons,
  allPrivacyRequestTypes,
} from '../../../canonical/vocabulary/index.ts';
import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { byOption, limitOption, oneOf, several } from '../kit/flags.ts';
import { listOptions } from '../lists/list-options.ts';

const note = { flags: '--note <text>', description: 'kept with the step' };
const appealTo = { flags: '--appeal-to <text>', description: 'to whom the person may appeal, and how' };
const because = {
  flags: '--because <code>',
  description: `reason code: ${allPrivacyReasons.join(', ')}`,
  parse: oneOf('reason code', allPrivacyReasons),
};

const early: readonly CommandSpec[] = [
  {
    name: 'list',
    isDefault: true,
    description: 'privacy requests, those due first; without a filter, those that are open',
    options: listOptions,
    examples: ['privacy list --filter "late=yes"', 'privacy list --filter "type=amendment state=closed"'],
    action: async () => (await import('./privacy.actions.ts')).showRequests,
  },
  {
    name: 'show',
    arguments: '<request>',
    description: 'one request: its days, what was done, what may be done now',
    action: async () => (await import('./privacy.actions.ts')).showRequest,
  },
  {
    name: 'receive',
    arguments: '<subject>',
    description: 'receive a request; by the user id or name of the person whose record it is',
    options: [
      {
        flags: '--type <type>',
        description: allPrivacyRequestTypes.join(', '),
        parse: oneOf('type', allPrivacyRequestTypes),
        default: 'access',
      },
      { flags: '--name <text>', description: 'full name of the person' },
      { flags: '--mail <address>', description: 'email address of the person' },
      { flags: '--reply-to <text>', description: 'where the answer goes' },
      { flags: '--asked <text>', description: 'what is asked for, in the words of the person' },
      { flags: '--received <day>', description: 'YYYY-MM-DD (default: today)' },
      {
        flags: '--non-us',
        description: 'the person is neither a citizen nor a permanent resident',
        default: false,
      },
      byOption,
    ],
    examples: ['privacy receive jdoe --name "Jane Doe" --mail jane.doe@agency.example'],
    action: async () => (await import('./privacy.actions.ts')).receive,
  },
  {
    name: 'acknowledge',
    arguments: '<request>',
    description: 'record that the receipt was acknowledged to the person',
    options: [note, byOption],
    action: async () => (await import('./privacy.actions.ts')).acknowledge,
  },
  {
    name: 'identify',
    arguments: '<request>',
    description: 'how the person proved their identity and gave consent',
    options: [
      { flags: '--how <way>', description: allIdentityWays.join(', '), parse: oneOf('way', allIdentityWays) },
      {
        flags: '--consent <way>',
        description: allConsentWays.join(', '),
        parse: oneOf('consent', allConsentWays),
        default: 'the_person',
      },
      { flags: '--pending', description: 'proof was asked for and has not come yet', default: false },
      note,
      byOption,
    ],
    examples: ['privacy identify 3 --how smart_card'],
    action: async () => (await import('./privacy.actions.ts')).identify,
  },
];

const found: readonly CommandSpec[] = [
  {
    name: 'search',
    arguments: '<request>',
    description: 'look through every table of the database for the person; continues where it was stopped',
    options: [
      { flags: '--term <text>', description: 'search for this too; may be repeated', parse: several },
      { flags: '--show', description: 'show the latest search, and start none', default: false },
      byOption,
    ],
    examples: ['privacy search 3 --term "jane.doe@mil.example"', 'privacy search 3 --show'],
    action: async () => (await import('./privacy-search.actions.ts')).search,
  },
  {
    name: 'review',
    arguments: '<request>',
    description: 'look at what was found, leave rows out of the copy, make the copy',
    options: [
      { flags: '--table <name>', description: 'show the rows of this table' },
      { flags: '--leave-out <row>', description: 'number of a row; may be repeated', parse: several },
      { flags: '--leave-out-table <name>', description: 'all rows of a table' },
      because,
      {
        flags: '--take-in <row>',
        description: 'number of a row that was left out; may be repeated',
        parse: several,
      },
      { flags: '--copy', description: 'make the copy of the record, readable and as JSON', default: false },
      { flags: '--save <file>', description: 'write the copy there; .json: as JSON' },
      limitOption(200, 20, 'how many rows to show'),
      { flags: '--after <row>', description: 'continue after this row' },
      note,
      byOption,
    ],
    examples: [
      'privacy review 3',
      'privacy review 3 --table sync_changes',
      'privacy review 3 --leave-out 41 --because not_of_person',
      'privacy review 3 --copy --save jane-doe.html',
    ],
    action: async () => (await import('./privacy-search.actions.ts')).review,
  },
  {
    name: 'amend',
    arguments: '<request> <entity> <record>',
    description:
      'correct a record (poam, milestone, asset_context, system, control); it goes to the system that owns it',
    options: [
      { flags: '--set <field=value>', description: 'the correction; may be repeated', parse: several },
      byOption,
    ],
    examples: ['privacy amend 3 poam POAM-2026-0001 --set "poc=Jane Doe-Smith"'],
    action: async () => (await import('./privacy-search.actions.ts')).amend,
  },
  {
    name: 'annotate',
    arguments: '<request> <table> <row>',
    description: 'annotate what is never changed (the journal, the logs): the correction is shown next to it',
    options: [note, byOption],
    examples: ['privacy annotate 3 sync_changes 4711 --note "The name is Doe-Smith since 2026-05-01."'],
    action: async () => (await import('./privacy-search.actions.ts')).annotate,
  },
];

const decided: readonly CommandSpec[] = [
  {
    name: 'grant',
    arguments: '<request>',
    description: 'grant a request; with --partly, some of it is withheld',
    options: [
      { flags: '--partly', description: 'in part', default: false },
      because,
      { flags: '--reason <text>', description: 'what is withheld, and why' },
      appealTo,
      byOption,
    ],
    action: async () => (await import('./privacy.actions.ts')).grant,
  },
  {
    name: 'refuse',
    arguments: '<request>',
    description: 'refuse a request, or uphold the refusal on appeal',
    options: [because, { flags: '--reason <text>', description: 'why, for the person' }, appealTo, byOption],
    examples: [
      'privacy refuse 3 --because record_is_accurate --reason "The scan is right." --appeal-to "Privacy Office, 30 days"',
    ],
    action: async () => (await import('./privacy.actions.ts')).refuse,
  },
  {
    name: 'appeal',
    arguments: '<request>',
    description: 'the person appeals: to be decided within 30 federal working days',
    options: [{ flags: '--grounds <text>', description: 'the grounds of the appeal' }, byOption],
    action: async () => (await import('./privacy.actions.ts')).appeal,
  },
  {
    name: 'disagree',
    arguments: '<request>',
    description: 'file the statement of disagreement: kept with the records, and shown where they are shown',
    options: [
      { flags: '--statement <text>', description: 'the statement of the person' },
      { flags: '--poam <id>', description: 'a POA&M it is about; may be repeated', parse: several },
      { flags: '--asset <id>', description: 'an asset it is about; may be repeated', parse: several },
      { flags: '--system <id>', description: 'a system it is about; may be repeated', parse: several },
      byOption,
    ],
    action: async () => (await import('./privacy.actions.ts')).disagree,
  },
  {
    name: 'close',
    arguments: '<request>',
    description: 'close what was decided',
    options: [
      { flags: '--withdrawn', description: 'the person withdraws it, whatever its state', default: false },
      note,
      byOption,
    ],
    action: async () => (await import('./privacy.actions.ts')).close,
  },
  {
    name: 'disclosures',
    description: 'what left the agency: when, why and to whom; --record enters one made by other means',
    options: [
      { flags: '--of <name>', description: 'of this person; may be repeated', parse: several },
      limitOption(500, 100),
      { flags: '--record <what>', description: 'record a disclosure: what left' },
      {
        flags: '--nature <word>',
        description: allDisclosureNatures.join(', '),
        parse: oneOf('nature', allDisclosureNatures),
        default: 'other',
      },
      { flags: '--purpose <text>', description: 'what the recipient needs it for' },
      { flags: '--recipient <name>', description: 'the person or agency that gets it' },
      { flags: '--address <text>', description: 'where it was sent to' },
      { flags: '--authority <text>', description: 'the law, agreement or consent that allows it' },
      byOption,
    ],
    examples: ['privacy disclosures --of jdoe'],
    action: async () => (await import('./privacy.actions.ts')).showDisclosures,
  },
];

export const privacy: FirstLevel = { commands: [...early, ...found, ...decided] };
