/** What happens to POA&Ms between two syncs, at the scanner, in the GRC system, by persons here, and to the clock: drawn at random, printed for a person. */
import fc from 'fast-check';

export const machines = ['m0', 'm1', 'm2'] as const;
/** Two that make a POA&M each, and one that does once its severity rises. The second needs credentials. */
export const plugins = [30_001, 30_002, 30_003] as const;
export const boundaries = ['SYS-ENT-001', 'SYS-ENT-002'] as const;
export const deviationKinds = [
  'risk_acceptance',
  'false_positive',
  'risk_adjustment',
  'vendor_dependency',
  'operational_requirement',
] as const;

type Place = number;

export type Event =
  | { readonly kind: 'days pass'; readonly days: number }
  | {
      readonly kind: 'fixed' | 'found again' | 'seen again';
      readonly machine: Place;
      readonly plugin: Place;
      /** Whether the scan that says so had credentials. */
      readonly credentials: boolean;
    }
  /** On every machine, as after a patch day. */
  | {
      readonly kind: 'fixed everywhere' | 'found everywhere';
      readonly plugin: Place;
      readonly credentials: boolean;
    }
  | {
      readonly kind: 'severity';
      readonly machine: Place;
      readonly plugin: Place;
      readonly severity: 2 | 3 | 4;
    }
  | { readonly kind: 'scanned'; readonly machine: Place; readonly credentials: boolean }
  | { readonly kind: 'machine'; readonly machine: Place; readonly is: 'terminated' | 'deleted' | 'back' }
  | { readonly kind: 'component moves'; readonly machine: Place; readonly boundary: Place }
  | { readonly kind: 'component'; readonly machine: Place; readonly is: 'removed' | 'returned' }
  | {
      readonly kind: 'status there';
      readonly n: Place;
      readonly status: 'ongoing' | 'completed' | 'risk_accepted' | 'pending_verification' | 'cancelled';
    }
  | { readonly kind: 'date there'; readonly n: Place; readonly days: number }
  | { readonly kind: 'milestone there'; readonly n: Place; readonly days: number; readonly done: boolean }
  | { readonly kind: 'comment'; readonly side: 'here' | 'there'; readonly n: Place; readonly text: string }
  | { readonly kind: 'completed here' | 'reopened here'; readonly n: Place }
  | { readonly kind: 'extended here'; readonly n: Place; readonly days: number }
  | { readonly kind: 'milestone moved here'; readonly n: Place; readonly days: number }
  | {
      readonly kind: 'deviation asked';
      readonly n: Place;
      readonly of: (typeof deviationKinds)[number];
      readonly days: number;
      readonly wholePoam: boolean;
    }
  | { readonly kind: 'deviation withdrawn'; readonly n: Place }
  | { readonly kind: 'request'; readonly n: Place; readonly is: 'approved' | 'rejected' }
  | { readonly kind: 'conflict settled'; readonly n: Place; readonly choice: Place }
  /** The latest decision of a person, or the latest sync. */
  | { readonly kind: 'undone'; readonly what: 'update' | 'sync' }
  | {
      readonly kind: 'settings';
      readonly boundary: Place;
      readonly closeAfter: 'at once' | 'days' | 'word';
      readonly reopenDays: 0 | 30;
      readonly contradiction: 'ask' | 'reopen' | 'accept';
    };

export interface Round {
  readonly events: readonly Event[];
  readonly full: boolean;
}
export type Life = readonly Round[];

const place = fc.nat({ max: 4 });
const machine = fc.nat({ max: machines.length - 1 });
const plugin = fc.nat({ max: plugins.length - 1 });
const boundary = fc.nat({ max: boundaries.length - 1 });
const is = <K extends string>(...kinds: [K, ...K[]]) => fc.constantFrom(...kinds);
const days = fc.constantFrom(-20, 3, 12, 40, 120);
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

const event: fc.Arbitrary<Event> = fc.oneof(
  often(6, fc.record({ kind: is('days pass'), days: fc.constantFrom(1, 1, 4, 8, 31, 100) })),
  often(
    10,
    fc.record({
      kind: is('fixed', 'fixed', 'found again', 'seen again'),
      machine,
      plugin,
      credentials: fc.boolean(),
    }),
  ),
  often(
    6,
    fc.record({
      kind: is('fixed everywhere', 'fixed everywhere', 'found everywhere'),
      plugin: fc.nat({ max: 1 }),
      credentials: fc.constantFrom(true, true, false),
    }),
  ),
  often(
    2,
    fc.record({
      kind: is('severity'),
      machine,
      plugin,
      severity: fc.constantFrom(2 as const, 3 as const, 4 as const),
    }),
  ),
  often(2, fc.record({ kind: is('scanned'), machine, credentials: fc.boolean() })),
  often(1, fc.record({ kind: is('machine'), machine, is: is('terminated', 'deleted', 'back') })),
  often(1, fc.record({ kind: is('component moves'), machine, boundary })),
  often(1, fc.record({ kind: is('component'), machine, is: is('removed', 'returned') })),
  often(
    3,
    fc.record({
      kind: is('status there'),
      n: place,
      status: is('ongoing', 'completed', 'risk_accepted', 'pending_verification', 'cancelled'),
    }),
  ),
  often(2, fc.record({ kind: is('date there'), n: place, days })),
  often(2, fc.record({ kind: is('milestone there'), n: place, days, done: fc.boolean() })),
  often(1, fc.record({ kind: is('comment'), side: is('here', 'there'), n: place, text: is('x', 'y\nz') })),
  often(3, fc.record({ kind: is('completed here', 'reopened here'), n: place })),
  often(2, fc.record({ kind: is('extended here'), n: place, days })),
  often(1, fc.record({ kind: is('milestone moved here'), n: place, days })),
  often(
    4,
    fc.record({
      kind: is('deviation asked'),
      n: place,
      of: fc.constantFrom(...deviationKinds),
      days: fc.constantFrom(2, 20, 90),
      wholePoam: fc.boolean(),
    }),
  ),
  often(1, fc.record({ kind: is('deviation withdrawn'), n: place })),
  often(
    5,
    fc.record({ kind: is('request'), n: place, is: is('approved', 'approved', 'approved', 'rejected') }),
  ),
  often(2, fc.record({ kind: is('conflict settled'), n: place, choice: place })),
  often(1, fc.record({ kind: is('undone'), what: is('update', 'sync') })),
  often(
    1,
    fc.record({
      kind: is('settings'),
      boundary,
      closeAfter: is('at once', 'days', 'word'),
      reopenDays: fc.constantFrom(0 as const, 30 as const),
      contradiction: is('ask', 'reopen', 'accept'),
    }),
  ),
);

export const lives: fc.Arbitrary<Life> = fc.array(
  fc.record({ events: fc.array(event, { minLength: 1, maxLength: 5, size: 'max' }), full: fc.boolean() }),
  { minLength: 3, maxLength: 8, size: 'max' },
);

/** A life, line by line, for a person. */
export function lifeLines(life: Life): string[] {
  return life.flatMap(({ events, full }) => [
    ...events.map(({ kind, ...rest }) => `  ${kind}: ${JSON.stringify(rest)}`),
    `  sync${full ? ' --full' : ''}`,
  ]);
}
