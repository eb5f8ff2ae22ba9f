import { describe, expect, it } from 'vitest';
import { changedRules, standsOf } from './risk-rule-changes.ts';
import type { Rule } from './risk-rules.ts';

const rule = (id: string, plugin: string, more: Partial<Rule> = {}): Rule => ({
  id,
  plugin: { id: plugin },
  repository: { id: '1' },
  hostType: 'all',
  port: 'any',
  protocol: 'any',
  expires: '-1',
  modifiedTime: '100',
  ...more,
});
const hour = 3600;
const [then, soon, later] = [1_000_000, 1_000_600, 1_000_000 + 2 * hour];
const stood = standsOf([rule('1', '10'), rule('2', '20')], {}, then);

describe('plugins whose rules changed', () => {
  it('the list of plugins with changed rules is empty when the rules have been unchanged for long enough', () => {
    const now = standsOf([rule('2', '20'), rule('1', '10')], stood, later);
    expect(changedRules(stood, now, later)).toEqual([]);
  });

  it.each([
    ['a new rule', [rule('1', '10'), rule('2', '20'), rule('3', '20')], ['20']],
    ['a rule that is gone', [rule('1', '10')], ['20']],
    ['a rule made anew', [rule('7', '10'), rule('2', '20')], ['10']],
    ['a rule that was edited', [rule('1', '10', { modifiedTime: '101' }), rule('2', '20')], ['10']],
    ['a rule that ran out', [rule('1', '10', { expires: String(then + 5) }), rule('2', '20')], ['10']],
  ])('the list of plugins with changed rules reports %s', (_what, rules, expected) => {
    expect(changedRules(stood, standsOf(rules, stood, later), later)).toEqual(expected);
  });

  it('the list of plugins with changed rules repeats them for an hour, until the server has surely applied the rule', () => {
    const changed = standsOf([rule('1', '10')], stood, later);
    const again = standsOf([rule('1', '10')], changed, later + 600);
    expect(changedRules(changed, again, later + 600)).toEqual(['20']);
    const settled = standsOf([rule('1', '10')], again, later + 2 * hour);
    expect(changedRules(again, settled, later + 2 * hour)).toEqual([]);
    expect(Object.keys(settled)).toEqual(['10']);
  });

  it('the list of plugins with changed rules includes those of a first sight, while it is young', () => {
    expect(changedRules(stood, standsOf([rule('1', '10'), rule('2', '20')], stood, soon), soon)).toEqual([
      '10',
      '20',
    ]);
  });
});
