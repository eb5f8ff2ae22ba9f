/** What may happen to runs, in any order: what people, clocks, workers and their deaths do. */
import fc from 'fast-check';
import type { Crash } from './run-model.test-support.ts';

export const mostRuns = 3;

export type Command =
  | { readonly do: 'start' | 'look' | 'lock' | 'unlock' | 'resume' | 'off' | 'on' }
  | { readonly do: 'work'; readonly crash: Crash | undefined }
  | { readonly do: 'pass'; readonly hours: number }
  | { readonly do: 'decide'; readonly run: number; readonly approved: boolean }
  | { readonly do: 'cancel' | 'retry'; readonly run: number }
  | { readonly do: 'break'; readonly times: number; readonly mayPass: boolean };

const run = fc.nat(mostRuns - 1);
const crash = fc.option(
  fc.record({
    at: fc.integer({ min: 1, max: 6 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  { nil: undefined },
);
const work = fc.record({ do: fc.constant('work' as const), crash });
const plain = (name: 'start' | 'look' | 'lock' | 'unlock' | 'resume' | 'off' | 'on') =>
  fc.constant({ do: name });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: plain('start') },
  { weight: 8, arbitrary: work },
  { weight: 4, arbitrary: plain('look') },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('pass' as const), hours: fc.constantFrom(1, 25, 50, 250) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('decide' as const), run, approved: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), run }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retry' as const), run }) },
  { weight: 1, arbitrary: plain('lock') },
  { weight: 2, arbitrary: plain('unlock') },
  { weight: 2, arbitrary: plain('resume') },
  { weight: 1, arbitrary: plain('off') },
  { weight: 2, arbitrary: plain('on') },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('break' as const),
      times: fc.constantFrom(1, 9),
      mayPass: fc.boolean(),
    }),
  },
);
export const histories = fc.array(command, { minLength: 12, maxLength: 40 });
