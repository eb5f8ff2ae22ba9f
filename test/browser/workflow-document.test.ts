/** The text of a workflow stays one truth: the form's changes keep its comments, and say what was typed and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  readWritten,
  valueAt,
  withItem,
  withMoved,
  withValue,
  withYaml,
  yamlAt,
} from '../../console/src/pages/workflows/form/document.ts';
import { shippedWorkflows } from '../../src/modules/workflows/index.ts';

const source = `# who may change it: the ISSM
name: tell-me # as the runbook calls it
title: Tells
# why it is folded: it is long
when: >-
  poam.open
  && has(poam.due)

# not more than the team reads in a day
limit: 100 # ask first
trigger: { schedule: '0 6 * * *' }
record: poam
steps:
  # first the owner
  - { id: tell, action: notify, with: { roles: [isso], say: '{poam.id}' } }
  # then the manager
  - id: manager
    action: task
    with: { what: Look }
    later: { a: 1 }
`;
const comments = (text: string): readonly string[] => text.match(/# .*$/gm)?.toSorted() ?? [];

describe('the document behind the form of a workflow', () => {
  it('a value that is set leaves everything else as it was', () => {
    const changed = withValue(source, ['steps', 1, 'with', 'what'], 'Look: now # really');
    expect(parse(changed)).toEqual({
      ...parse(source),
      steps: [
        parse(source).steps[0],
        { id: 'manager', action: 'task', with: { what: 'Look: now # really' }, later: { a: 1 } },
      ],
    });
    expect(comments(changed.replace('# really', ''))).toEqual(comments(source));
  });

  it('any text is read back as it was typed, whatever stood there', () => {
    const paths = [
      ['title'],
      ['when'],
      ['steps', 0, 'with', 'say'],
      ['purpose'],
      ['steps', 1, 'when'],
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.oneof(
          fc.string(),
          fc.stringMatching(/^[ \n\ta#:'"{}[\]&*!|>-]*$/),
          fc.constant('true'),
          fc.constant('1'),
        ),
        (path, text) => {
          const changed = withValue(source, path, text);
          expect(valueAt(parse(changed), path)).toBe(text.replaceAll('\r\n', '\n'));
          expect(withValue(changed, path, text)).toBe(changed);
        },
      ),
    );
  });

  it('what is emptied leaves its comment with what follows', () => {
    const changed = withValue(source, ['limit'], undefined);
    expect(parse(changed).limit).toBeUndefined();
    expect(changed).toContain('# not more than the team reads in a day');
  });

  it('a new key stands where people write it', () => {
    expect(Object.keys(parse(withValue(source, ['purpose'], 'For the ISSM')))).toEqual(
      'name title purpose when limit trigger record steps'.split(' '),
    );
  });

  it('a step is moved with the comment above it, and back again', () => {
    const moved = withMoved(source, ['steps'], 1, 0);
    expect(parse(moved).steps.map(({ id }: { id: string }) => id)).toEqual(['manager', 'tell']);
    expect(moved).toMatch(/# then the manager\n\s*- id: manager[\s\S]*# first the owner\n\s*- \{ ?id: tell/);
    expect(parse(withMoved(moved, ['steps'], 0, 1))).toEqual(parse(source));
    expect(comments(moved)).toEqual(comments(source));
  });

  it('a step is added, also to a list that is not there', () => {
    const step = { id: 'wait', waitUntil: { days: 3 } };
    expect(parse(withItem(source, ['steps'], 1, step)).steps[1]).toEqual(step);
    expect(parse(withItem(source, ['steps', 1, 'else'], 0, step)).steps[1].else).toEqual([step]);
    expect(parse(withItem('name: x\nsteps: []\n', ['steps'], 0, step)).steps).toEqual([step]);
    expect(parse(withItem('', ['steps'], 0, step))).toEqual({ steps: [step] });
  });

  it('what a form has no field for is a piece of YAML, which is put back as it is typed', () => {
    expect(yamlAt(source, ['steps', 1, 'later'])).toBe('{ a: 1 }');
    const changed = withYaml(source, ['steps', 1, 'later'], '# why\nb: [1, 2]') ?? '';
    expect(parse(changed).steps[1].later).toEqual({ b: [1, 2] });
    expect(changed).toContain('# why');
    expect(withYaml(source, ['steps', 1, 'later'], '{a: ')).toBeUndefined();
  });

  it('what cannot be changed piece by piece is left to YAML, and says why', () => {
    expect(readWritten('name: [').fault).toMatch(/^Line 1 is no YAML/);
    expect(readWritten('a: &x {b: 1}\nc: *x').fault).toMatch(/aliases/);
    expect(readWritten('- a').fault).toMatch(/no workflow/);
  });

  it('every shipped workflow keeps its meaning and its comments where a value of it is set', () => {
    for (const { source: shipped } of shippedWorkflows()) {
      const changed = withValue(shipped, ['title'], 'Another');
      expect(parse(changed)).toEqual({ ...parse(shipped), title: 'Another' });
      expect(comments(changed)).toEqual(comments(shipped));
    }
  });
});
