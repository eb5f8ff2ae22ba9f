import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import type { RecordKind } from '../../../canonical/workflow/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { compileCondition } from './compile.ts';
import { snapshotFrom } from './hydrate.ts';
import { fieldsOf } from './shapes.ts';
import { mostWork } from './tree.ts';

const now = new Date('2026-11-27T18:30:00Z');

const ask = (kind: RecordKind, text: string, plain: JsonObject = {}) => {
  const condition = compileCondition(kind, text, 'yes_or_time');
  if (condition.problems) throw new Error(condition.problems.map(({ message }) => message).join(' '));
  return condition.evaluate(snapshotFrom(kind, { id: '1', title: '1', boundary: null, plain }), now);
};
const yes = (kind: RecordKind, text: string, plain: JsonObject) => {
  const answer = ask(kind, text, plain);
  return answer.is === 'answer' ? answer.value : answer;
};
const problemOf = (kind: RecordKind, text: string) => compileCondition(kind, text).problems?.[0];

const poam = {
  poam: {
    state: 'In Progress',
    severity: 'High',
    due: '2026-11-30T00:00:00Z',
    created: '2026-11-01T09:00:00Z',
    failed_pushes: 3,
    findings: [
      { plugin: '100', state: 'fixed', verified: true },
      { plugin: '101', state: 'open', verified: false },
    ],
    milestones: [{ state: 'Pending', due: '2026-11-29T00:00:00Z' }],
  },
};

describe('a condition', () => {
  it('compares words in any case, with spaces, hyphens and underlines alike', () => {
    for (const word of ['in_progress', 'In Progress', 'IN-PROGRESS'])
      expect(yes('poam', `poam.state == "${word}"`, poam)).toBe(true);
    expect(yes('poam', 'poam.state in ["open", "in_progress"]', poam)).toBe(true);
    expect(yes('poam', 'poam.state != "open"', poam)).toBe(true);
    expect(yes('poam', '"HIGH" == poam.severity', poam)).toBe(true);
  });

  it('orders severities', () => {
    expect(yes('poam', 'poam.severity >= "medium" && poam.severity < "critical"', poam)).toBe(true);
    expect(
      yes('weakness', 'weakness.severity > weakness.rated_severity', {
        weakness: { severity: 'Critical', rated_severity: 'Low' },
      }),
    ).toBe(true);
  });

  it('counts whole calendar days, whatever the hour', () => {
    expect(yes('poam', 'daysUntil(poam.due) == 3 && daysSince(poam.created) == 26', poam)).toBe(true);
    expect(yes('poam', 'daysUntil(poam.due) in [90, 30, 3]', poam)).toBe(true);
  });

  it('asks about each of a list', () => {
    expect(yes('poam', 'poam.findings.all(f, f.state == "fixed")', poam)).toBe(false);
    expect(yes('poam', 'poam.findings.filter(f, f.state == "fixed").size() == 1', poam)).toBe(true);
    expect(
      yes('poam', 'poam.milestones.exists(m, m.state == "pending" && m.due < now + duration("168h"))', poam),
    ).toBe(true);
  });

  it('compares whole numbers with decimals', () => {
    expect(yes('poam', 'poam.failed_pushes >= 2.5', poam)).toBe(true);
    expect(yes('scan', 'scan.coverage < 1', { scan: { coverage: 0.9 } })).toBe(true);
  });

  it('comes to a time where a wait asks for one, and only there', () => {
    expect(ask('poam', 'poam.due - duration("24h")', poam)).toEqual({
      is: 'time',
      value: new Date('2026-11-29T00:00:00Z'),
    });
    expect(problemOf('poam', 'poam.due')).toMatchObject({ message: 'Comes to a time; expected yes or no.' });
  });

  it('is unknown, and says by which field, where it reads what is empty', () => {
    expect(ask('poam', 'poam.completed < now', poam)).toEqual({
      is: 'unknown',
      field: 'poam.completed',
      why: 'empty',
    });
    expect(yes('poam', 'has(poam.completed) && poam.completed < now', poam)).toBe(false);
    expect(yes('poam', 'poam.state == "in_progress" || poam.completed < now', poam)).toBe(true);
  });

  it('is unknown where a list holds more than may be asked about, instead of asking about a part', () => {
    const findings = Array.from({ length: 1_001 }, () => ({ state: 'fixed' }));
    expect(ask('poam', 'poam.findings.all(f, f.state == "fixed")', { poam: { findings } })).toEqual({
      is: 'unknown',
      field: 'poam.findings',
      why: 'too_many',
    });
  });

  it('says what it reads, through loops too', () => {
    const condition = compileCondition('poam', 'poam.milestones.exists(m, m.due < now) && has(poam.owner)');
    expect(condition.problems ?? condition.reads.map(({ path }) => path)).toEqual([
      'poam.milestones',
      'poam.milestones[].due',
      'poam.owner',
    ]);
  });
});

describe('a condition that is refused', () => {
  it.each([
    ['poam.stat == "open"', 'Unknown field "stat" of poam.', 'Did you mean state?'],
    [
      'poam.milestones.exists(m, m.dux < now)',
      'Unknown field "dux" of poam.milestones[].',
      'Did you mean due?',
    ],
    ['has(poam.ownr)', 'Unknown field "ownr" of poam.', 'Did you mean owner?'],
    ['poam.state == "opne"', 'Unknown poam.state "opne".', 'Did you mean open?'],
    ['poam.state in ["open", "complete"]', 'Unknown poam.state "complete".', 'Did you mean completed?'],
    [
      'poam.milestones.all(m, m.state != "pendng")',
      'Unknown poam.milestones[].state "pendng".',
      'Did you mean pending?',
    ],
    ['poem.state == "open"', 'Unknown name "poem".', 'Did you mean poam?'],
    ['daySince(poam.due) > 3', 'Unknown function daySince.', 'Did you mean daysSince?'],
    ['poam.owner.startWith("a")', '.startWith( is not offered in conditions.', 'Did you mean startsWith?'],
    ['poam["state"] == "open"', 'A field is named after a dot, not in brackets.', 'Write poam.name.'],
    ['poam.failed_pushes > "3"', 'These cannot be put together: a whole number > text.', 'numbers without'],
    ['poam.due != null', 'These cannot be put together: a time != null.', '!has(poam.due)'],
    ['poam.severity', 'Comes to Severity; expected yes or no.', 'Compare it'],
    ['poam.state == "open" &&', 'Unexpected token', 'docs/workflows.md'],
    ['', 'Unexpected token', 'docs/workflows.md'],
  ])('%s', (text, message, remedy) => {
    const problem = problemOf('poam', text);
    expect(problem?.message).toContain(message);
    expect(problem?.remedy).toContain(remedy);
    expect(problem?.start).toBeLessThanOrEqual(problem?.end ?? -1);
  });
});

/** Ends in bounded time, with an error: of the hostile expressions that were tried against languages of conditions. */
describe('a hostile condition', () => {
  const long = 'a'.repeat(60);
  const hostile = {
    'a catastrophic regular expression': `"${long}!".matches("^(a+)+$")`,
    'a regular expression on a field': 'poam.owner.matches("^(a|a)*$")',
    'a regular expression by another road': 'dyn("aaaa").matches("^(a+)+$")',
    'access to a prototype': 'poam.constructor.constructor("return process")() == 1',
    'access to a prototype of a text': 'poam.owner.__proto__ == ""',
    'access to a prototype by brackets': 'poam.owner["constructor"] == ""',
    'a type that is hidden': 'dyn(poam).anything == 1',
    'a name that is bound': 'cel.bind(x, poam.findings, x.size() > 1)',
    'a map that grows': '{"a": {"b": {"c": 1}}}.size() == 1',
    'a loop within a loop':
      'poam.findings.all(a, poam.findings.all(b, a.plugin == b.plugin || a.state == b.state))',
    'loops three deep': 'poam.findings.all(a, poam.findings.all(b, poam.findings.all(c, true)))',
    'the same name twice': 'poam.findings.exists(poam, poam.state == "open")',
    'parentheses without end': `${'('.repeat(2_000)}true${')'.repeat(1_990)}`,
    'negations without end': `${'!'.repeat(3_990)}true`,
    'an expression that is too long': `${'true && '.repeat(600)}true`,
    'lists in lists': `${'['.repeat(300)}1${']'.repeat(300)} == [1]`,
    'choices in choices': `${'true ? '.repeat(300)}true${' : false'.repeat(300)}`,
    'a list that is too long': `1 in [${'1,'.repeat(1_000)}1]`,
    'a text without end': `poam.owner == "${'x'.repeat(3_000)}`,
    'bytes made into JSON': 'b"{}".json().size() == 0',
  };

  it.each(Object.entries(hostile))('%s', (_title, text) => {
    const begun = performance.now();
    expect(compileCondition('poam', text).problems).not.toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('that is as much work as is allowed ends within seconds', () => {
    const text = 'weakness.cves.all(c, weakness.findings.exists(f, f.plugin == c) || true)';
    const condition = compileCondition('weakness', text);
    expect(condition.problems?.[0]?.message).toMatch(/^Could take up to [\d,]+ steps/);
    const allowed = 'weakness.findings.filter(f, f.plugin in weakness.cves).size() == 0';
    const plain = {
      weakness: {
        findings: Array.from({ length: 1_000 }, (_, n) => ({ plugin: String(n) })),
        cves: Array.from({ length: 500 }, (_, n) => `CVE-2026-${n}`),
      },
    };
    const begun = performance.now();
    expect(yes('weakness', allowed, plain)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(mostWork).toBe(1_000_000);
  });
});

describe('what a condition may read', () => {
  it('is listed with its words, through records and lists', () => {
    const fields = fieldsOf('poam');
    expect(fields.find(({ path }) => path === 'poam.milestones[].state')).toMatchObject({
      type: 'word',
      words: ['pending', 'in_progress', 'completed', 'cancelled'],
    });
    // Each is a field that the language knows, and by its type.
    for (const { path } of fields.filter((each) => !each.path.includes('[]')))
      expect(compileCondition('poam', `has(${path})`).problems, path).toBeUndefined();
  });
});
