import { expect, it } from 'vitest';
import { numberArgument, readArguments } from './arguments.ts';

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

it('reads a number within its bounds, or the one for when it is not given', () => {
  const args = readArguments(['--rate', '0.5', '--page-size', '7'], ['rate', 'page-size']);
  expect(numberArgument(args, 'rate', 0, { least: 0, fraction: true })).toBe(0.5);
  expect(numberArgument(args, 'page-size', 50, { least: 1, most: 200 })).toBe(7);
  expect(numberArgument(args, 'wait', 3, { least: 0 })).toBe(3);
});

it.each(['many', '', '0', '201', '1.5', 'Infinity'])(
  'refuses --page-size "%s" and says what it may be',
  (value) => {
    const args = readArguments(['--page-size', value], ['page-size']);
    expect(() => numberArgument(args, 'page-size', 50, { least: 1, most: 200 })).toThrow(
      '--page-size must be a whole number, between 1 and 200',
    );
  },
);
