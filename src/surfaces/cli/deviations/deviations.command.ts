import { deviationKinds, severities } from '../../../canonical/vocabulary/index.ts';
import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { byOption, decisionOptions, oneOf, several } from '../kit/flags.ts';
import { listOptions } from '../lists/list-options.ts';

const text = (flag: string, description: string): OptionSpec => ({ flags: `--${flag} <text>`, description });
const day = (flag: string, description: string): OptionSpec => ({
  flags: `--${flag} <day>`,
  description: `${description}, YYYY-MM-DD`,
});

const request: CommandSpec = {
  name: 'request',
  arguments: '<poam>',
  description: 'ask for a deviation; what its kind lacks is said by field',
  options: [
    {
      flags: '--kind <kind>',
      description: `one of ${deviationKinds.join(', ')}`,
      parse: oneOf('kind of deviation', deviationKinds),
      required: true,
    },
    {
      flags: '--asset <asset>',
      description:
        'exactly this asset of it: uuid, name or address; may be given more than once (default: the whole POA&M)',
      parse: several,
    },
    { flags: '--rationale <text>', description: 'why; those who decide read it', required: true },
    {
      flags: '--evidence <file>',
      description: 'a file that proves it, kept with its SHA-256; may be given more than once',
      parse: several,
    },
    text('compensating-controls', 'what reduces the risk meanwhile'),
    day('until', 'the last day on which it holds'),
    day('review-on', 'when it is to be looked at again'),
    text('conditions', 'of a risk acceptance: under which it holds'),
    text('proof', 'of a false positive: what shows that the scanner is wrong'),
    text('impact', 'of an operational requirement: what a fix would do to operations'),
    text('accepted-because', 'of an operational requirement: why the risk is accepted'),
    {
      flags: '--adjusted-severity <severity>',
      description: `of a risk adjustment: the rating that is asked for (${severities.join(', ')})`,
      parse: oneOf('severity', severities),
    },
    text('vector-before', 'of a risk adjustment: the CVSS vector of the weakness'),
    text('vector-after', 'of a risk adjustment: the same with environmental metrics'),
    {
      flags: '--explain <metric=why>',
      description: 'of a risk adjustment: why a metric is another here; may be given more than once',
      parse: several,
    },
    text('mitigation', 'of a risk adjustment: what makes the risk smaller here'),
    text('product', 'of a vendor dependency: what waits for a fix'),
    text('vendor', 'of a vendor dependency: who is to make the fix'),
    day('checked-in', 'of a vendor dependency: when the vendor was last asked'),
    text('contact', 'of a vendor dependency: how and whom you asked, and what they said'),
    day('expected-fix', 'of a vendor dependency: when the fix is expected'),
    byOption,
  ],
  examples: [
    'deviations request POAM-7 --kind risk_acceptance --asset web-2 --until 2027-03-31 --rationale "replaced in March" --conditions "stays behind the WAF"',
  ],
  action: async () => (await import('./deviations.actions.ts')).request,
};

const deciding = (name: string, description: string, action: CommandSpec['action']): CommandSpec => ({
  name,
  arguments: '<id>',
  description,
  options: decisionOptions,
  action,
});

export const deviations: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'deviations that wait or hold, the newest first',
      options: listOptions,
      examples: ['deviations list --filter "ends=..30d"', 'deviations list --filter "state=expired,lapsed"'],
      action: async () => (await import('./deviations.actions.ts')).list,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'one deviation: what was asked and decided, evidence, rules at the scanners, what waits',
      action: async () => (await import('./deviations.actions.ts')).show,
    },
    request,
    deciding(
      'approve',
      'agree to a deviation as one of those who decide it; `tieline deciders list` says who',
      async () => (await import('./deviations.actions.ts')).approve,
    ),
    deciding(
      'reject',
      'reject a deviation; --reason says why',
      async () => (await import('./deviations.actions.ts')).reject,
    ),
    deciding(
      'withdraw',
      'take a deviation back, whether it waits or holds; the next sync ends it on both sides',
      async () => (await import('./deviations.actions.ts')).withdraw,
    ),
    {
      name: 'checkin',
      arguments: '<id> <note>',
      description: 'record that the vendor of a dependency was asked, and what they said',
      options: [day('on', 'when (default: today)'), byOption],
      action: async () => (await import('./deviations.actions.ts')).checkIn,
    },
    {
      name: 'attach',
      arguments: '<id> <file>',
      description: 'add a file to the evidence of a deviation',
      options: [byOption],
      action: async () => (await import('./deviations.actions.ts')).attach,
    },
    {
      name: 'evidence',
      arguments: '<id> <sha256> <to>',
      description: 'write a file of its evidence to a path; what does not match its hash is not written',
      action: async () => (await import('./deviations.actions.ts')).writeEvidence,
    },
  ],
};
