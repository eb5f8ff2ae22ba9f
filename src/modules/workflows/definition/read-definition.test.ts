import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyStep, planOf, readYaml } from './index.ts';
import { readDefinition } from './read-definition.ts';

const yaml = `
name: late-poams
title: POA&Ms that are late
trigger: {schedule: "0 6 * * *"}
record: poam
when: poam.state == "open"
steps:
  - id: tell
    action: notify
    with: {to: owner}
    when: poam.severity == "high"
    else:
      - {id: note, action: tag, with: {tag: late}}
  - id: wait
    waitUntil: {days: 3}
  - id: ask
    approve: {ask: close it, levels: [{who: [isso]}]}
    onRefused:
      - {id: again, action: notify, with: {to: owner}}
  - id: end
    action: tag
    with: {tag: done}
`;

describe('a workflow', () => {
  it('is read from YAML, its defaults filled in', () => {
    const { definition, problems } = readYaml(yaml);
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({ limit: 100, kind: 'other' });
    expect(definition?.steps[2]).toMatchObject({
      approve: { expireDays: 14, remindDays: [3, 7], levels: [{ who: ['isso'], quorum: 'one' }] },
    });
  });

  it('continues after a step with what comes after the list that the step lies in, and after a no with nothing', () => {
    const plan = planOf(readYaml(yaml).definition?.steps ?? []);
    expect([...plan].map(([id, { next }]) => [id, next])).toEqual([
      ['tell', 'wait'],
      ['note', 'wait'],
      ['wait', 'ask'],
      ['ask', 'end'],
      ['again', undefined],
      ['end', undefined],
    ]);
  });

  it.each([
    ['a misspelt field', 'else:', 'elze:', 'steps.0.elze', 12],
    ['a step that is nothing', 'waitUntil: {days: 3}', 'wait: 3', 'steps.1', 13],
    [
      'a step that is two',
      '    waitUntil: {days: 3}',
      '    waitUntil: {days: 3}\n    action: tag',
      'steps.1',
      13,
    ],
    ['a role that there is not', 'who: [isso]', 'who: [boss]', 'steps.2.approve.levels.0.who.0', 16],
    ['an id that is taken', 'id: note', 'id: end', 'steps.3.id', 19],
    [
      'a trigger that is two',
      '{schedule: "0 6 * * *"}',
      '{schedule: "0 6 * * *", event: poam.created}',
      'trigger',
      4,
    ],
    ['a record that the event does not tell', '{schedule: "0 6 * * *"}', '{event: asset.seen}', 'record', 5],
    ['a wait without an end', '{days: 3}', 'poam.state == "open"', 'steps.1.timeoutDays', 13],
    ['no title', 'title: POA&Ms that are late', 'purpose: none', 'title', 2],
    ['a nested mistake', '{id: note, action: tag', '{id: note, act: tag', 'steps.0.else.0', 13],
  ])('with %s is refused, with the place', (_what, from, to, path, line) => {
    const { problems } = readYaml(yaml.replace(from, to));
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.line).toBeTypeOf('number');
    expect(
      Math.abs((problems.find((problem) => problem.path === path)?.line ?? 0) - line),
    ).toBeLessThanOrEqual(1);
  });

  it('is refused with the line where the YAML is broken, and where aliases explode', () => {
    expect(readYaml('name: [').problems[0]).toMatchObject({ line: 1 });
    expect(readYaml('name: a\nname: b').problems[0]).toMatchObject({ line: 2 });
    const bomb = [
      'a: &a [x, x]',
      ...Array.from('bcdefgh').map(
        (to, at) =>
          `${to}: &${to} [${Array(9)
            .fill(`*${'abcdefg'[at] ?? ''}`)
            .join(', ')}]`,
      ),
    ];
    expect(readYaml(bomb.join('\n')).problems[0]?.message).toContain('alias');
    expect(readYaml('- a').problems[0]?.message).toContain('expected a workflow');
  });

  it('is read or refused with a problem, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        const read = readDefinition(input);
        expect(read.definition !== undefined).toBe(read.problems.length === 0);
      }),
    );
  });

  it('every step is in the plan once', () => {
    const steps = readYaml(yaml).definition?.steps ?? [];
    expect(
      everyStep(steps)
        .map(({ step }) => step.id)
        .toSorted(),
    ).toEqual([...planOf(steps).keys()].toSorted());
  });
});
