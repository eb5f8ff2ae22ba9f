/** What happens between two syncs in the daily life of two scanners and two GRC systems: drawn at random, printed for a person. */
import fc from 'fast-check';

export const scanners = ['scanner-one', 'scanner-two'] as const;
export const grcs = ['grc-a', 'grc-b'] as const;
export type Scanner = (typeof scanners)[number];
export type Grc = (typeof grcs)[number];

/** Machines that both scanners may know; the last is a spare one that takes the name of another. */
export const machines = ['m0', 'm1', 'm2', 'm3', 'm4', 'spare'] as const;
export const plugins = [20_001, 20_002, 20_003] as const;
export const boundaries = ['SYS-ENT-001', 'SYS-ENT-002', 'SYS-ENT-003'] as const;
/** How people name a plugin in a POA&M of their own. */
export const spellings = [
  (plugin: number) => `Tenable plugin ${plugin}`,
  (plugin: number) => `ACAS - ${plugin}`,
  (plugin: number) => `Nessus Plugin IDs: 19999, ${plugin}`,
] as const;

type Place = number;

export type Event =
  | {
      readonly kind: 'finding';
      readonly at: Scanner;
      readonly machine: Place;
      readonly plugin: Place;
      readonly is: 'open' | 'fixed' | 'found again';
      readonly severity: 2 | 3 | 4;
    }
  | { readonly kind: 'renamed'; readonly at: Scanner; readonly machine: Place }
  | {
      readonly kind: 'takes the name of';
      readonly at: Scanner;
      readonly machine: Place;
      readonly other: Place;
    }
  | { readonly kind: 'terminated'; readonly at: Scanner; readonly machine: Place; readonly back: boolean }
  | { readonly kind: 'component moves'; readonly at: Grc; readonly machine: Place; readonly boundary: Place }
  | {
      readonly kind: 'removed' | 'returns';
      readonly at: Grc;
      readonly what: 'component' | 'poam';
      readonly n: Place;
    }
  | { readonly kind: 'POA&M moves'; readonly at: Grc; readonly n: Place; readonly boundary: Place }
  | {
      readonly kind: 'POA&M by hand';
      readonly at: Grc;
      readonly boundary: Place;
      readonly plugin: Place;
      readonly spelled: Place;
    }
  | {
      readonly kind: 'POA&M status';
      readonly at: Grc;
      readonly n: Place;
      readonly status: 'ongoing' | 'completed' | 'risk_accepted';
    }
  | { readonly kind: 'edited here'; readonly n: Place; readonly text: 'x' | 'y' }
  | {
      readonly kind: 'policy';
      readonly at: Scanner | Grc;
      readonly says: 'approval always' | 'approval never' | 'inbound' | 'bidirectional';
    }
  | { readonly kind: 'paused' | 'resumed'; readonly at: Scanner | Grc }
  | { readonly kind: 'approved' | 'rejected'; readonly at: Scanner | Grc; readonly all: boolean }
  | { readonly kind: 'conflict settled'; readonly n: Place; readonly choice: Place };

export interface Round {
  readonly events: readonly Event[];
  readonly full: boolean;
}
export type Story = readonly Round[];

const place = fc.nat({ max: 11 });
const machine = fc.nat({ max: machines.length - 1 });
const scanner = fc.constantFrom(...scanners);
const grc = fc.constantFrom(...grcs);
const server = fc.constantFrom(...scanners, ...grcs);
const boundary = fc.nat({ max: boundaries.length - 1 });
const plugin = fc.nat({ max: plugins.length - 1 });
const is = <K extends string>(...kinds: [K, ...K[]]) => fc.constantFrom(...kinds);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: is('finding'),
      at: scanner,
      machine,
      plugin,
      is: is('open', 'fixed', 'found again'),
      severity: fc.constantFrom(2 as const, 3 as const, 4 as const),
    }),
  },
  fc.record({ kind: is('renamed'), at: scanner, machine }),
  fc.record({ kind: is('takes the name of'), at: scanner, machine, other: machine }),
  fc.record({ kind: is('terminated'), at: scanner, machine, back: fc.boolean() }),
  fc.record({ kind: is('component moves'), at: grc, machine, boundary }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: is('removed', 'returns'),
      at: grc,
      what: is('component', 'poam'),
      n: place,
    }),
  },
  fc.record({ kind: is('POA&M moves'), at: grc, n: place, boundary }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: is('POA&M by hand'),
      at: grc,
      boundary,
      plugin,
      spelled: fc.nat({ max: spellings.length - 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: is('POA&M status'),
      at: grc,
      n: place,
      status: is('ongoing', 'completed', 'risk_accepted'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: is('edited here'), n: place, text: is('x', 'y') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: is('policy'),
      at: server,
      says: is('approval always', 'approval never', 'inbound', 'bidirectional'),
    }),
  },
  fc.record({ kind: is('paused', 'resumed'), at: server }),
  { weight: 2, arbitrary: fc.record({ kind: is('approved', 'rejected'), at: server, all: fc.boolean() }) },
  fc.record({ kind: is('conflict settled'), n: place, choice: place }),
);

export const stories: fc.Arbitrary<Story> = fc.array(
  fc.record({ events: fc.array(event, { maxLength: 4 }), full: fc.boolean() }),
  { minLength: 1, maxLength: 5 },
);

/** A story, line by line, for a person. */
export function storyLines(story: Story): string[] {
  return story.flatMap(({ events, full }) => [
    ...events.map((each) => {
      const { kind, ...rest } = each;
      return `  ${kind}: ${JSON.stringify(rest)}`;
    }),
    `  sync${full ? ' --full' : ''}`,
  ]);
}
