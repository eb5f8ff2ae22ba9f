import { expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

it('reads what every simulator knows and what only one of them knows', () => {
  const args = readArguments(
    [
      '--port',
      '8080',
      '--seed=7',
      '--now',
      '2026-11-23T12:00:00Z',
      '--exit-with-parent',
      '--page-size',
      '3',
      '--faults',
      '[{"kind":"delay","ms":5}]',
    ],
    ['page-size', 'role'],
  );
  expect(args).toEqual({
    port: 8080,
    seed: 7,
    size: 1,
    now: new Date('2026-11-23T12:00:00Z'),
    exitWithParent: true,
    faults: [{ kind: 'delay', ms: 5 }],
    others: { 'page-size': '3' },
  });
});

it.each([
  [['--size', '0'], '--size'],
  [['--now', 'yesterday'], '--now'],
  [['--faults', '[{"kind":"flood"}]'], 'kind'],
  [['--colour', 'red'], '--colour'],
])('refuses %j and names what is wrong', (argv, name) => {
  expect(() => readArguments(argv)).toThrow(name);
});
