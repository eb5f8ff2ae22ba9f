import { describe, expect, it } from 'vitest';
import {
  completionAt,
  conditionCompletionAt,
  fillCompletionAt,
} from '../../console/src/pages/workflows/completion.ts';
import { workflowAids } from '../../src/contract/index.ts';
import { workflowAidsOf } from '../../src/operate/workflow-actions/index.ts';

const aids = workflowAids.parse(workflowAidsOf());
const head = 'name: tell-me\nrecord: poam\n';
/** What is offered at the end of the text. */
const offered = (line: string, isAsked = false): readonly string[] => {
  const text = `${head}${line}`;
  return completionAt(text, text.length, aids, isAsked)?.suggestions.map((each) => each.text) ?? [];
};

describe('what is offered while a workflow is written', () => {
  it('a condition is offered fields of the record that the workflow is about, and functions', () => {
    expect(offered('when: poam.op')).toContain('poam.open');
    expect(offered('when: poam.open && daysU')).toEqual(['daysUntil(']);
    expect(offered('when: finding.sev')).toEqual([]);
  });

  it('a further line of a folded condition is a condition, too', () => {
    expect(offered('when: >-\n  poam.open &&\n  poam.du')).toContain('poam.due');
  });

  it('words of a field are offered where it is compared', () => {
    const field = aids.fields.poam?.find(({ words }) => words.length > 1);
    expect(offered(`when: ${field?.path} == "`)).toEqual(field?.words.slice(0, 12));
    expect(offered(`when: ${field?.path} in ["`)).toEqual(field?.words.slice(0, 12));
  });

  it('a step is offered the actions that apply to such a record, and a trigger the events', () => {
    const mine = aids.actions.filter(({ appliesTo }) => appliesTo.includes('poam')).map(({ name }) => name);
    expect(offered('steps:\n  - {id: tell, action: ')).toEqual(mine.slice(0, 12));
    expect(offered('trigger: {event: poam.c')).toEqual(['poam.created', 'poam.changed']);
  });

  it('keys are offered where one begins, and what is complete is not offered', () => {
    expect(offered('li')).toEqual(['limit: ']);
    expect(offered('steps:\n  - {id: tell, act')).toEqual(['action: ']);
    expect(offered('when: poam.open')).not.toContain('poam.open');
    expect(offered('purpose: Write to the own')).toEqual([]);
  });

  it('what is completed is the word before the caret, wherever it stands', () => {
    const text = `${head}when: poam.op && true\n`;
    const found = completionAt(text, text.indexOf(' && true'), aids);
    expect(text.slice(found?.from, text.indexOf(' && true'))).toBe('poam.op');
  });

  it('the field of a condition is offered the same as the YAML, over several lines', () => {
    const of = { kind: 'poam', aids } as const;
    const inField = (text: string): readonly string[] =>
      conditionCompletionAt(text, text.length, of)?.suggestions.map((each) => each.text) ?? [];
    expect(inField('poam.op')).toContain('poam.open');
    expect(inField('poam.open\n && daysU')).toEqual(['daysUntil(']);
    expect(inField('poam.state == "dr')).toEqual(['draft']);
    expect(inField('poam.open && ')).toEqual([]);
  });

  it('fields of the record are offered behind a brace, and close it once', () => {
    const of = { kind: 'poam', aids } as const;
    const text = 'It is due {poam.du';
    expect(fillCompletionAt(text, text.length, of)?.suggestions.map((each) => each.text)).toEqual([
      'poam.due}',
    ]);
    expect(fillCompletionAt(`${text}}`, text.length, of)?.suggestions[0]?.text).toBe('poam.due');
    expect(fillCompletionAt('poam.du', 7, of)).toBeUndefined();
  });
});
