import { describe, expect, it } from 'vitest';
import { decideTexts, type TextsNow } from './decide-texts.ts';

const base = {
  weakness_description: 'OpenSSL is old',
  remediation_plan: 'Update it',
  milestones: ['Test', 'Apply', 'Verify'],
};
const next = {
  weakness_description: 'OpenSSL is old in SYS-1',
  remediation_plan: 'Update it by 2026-12-24',
  milestones: ['Try', 'Roll out', 'Scan'],
};
const open = base.milestones.map((text, n) => ({ id: String(n), text, isHeld: false }));
const texts = (more: Partial<TextsNow> = {}): TextsNow => ({
  base,
  now: base,
  milestones: open,
  next,
  concerns: { weakness_description: true, remediation_plan: true, milestones: true },
  held: [],
  mayGoOut: () => true,
  ...more,
});

describe('texts of a POA&M after its rule was changed', () => {
  it('what says what Tieline composed follows', () => {
    expect(decideTexts(texts())).toEqual({
      fields: {
        weakness_description: 'OpenSSL is old in SYS-1',
        remediation_plan: 'Update it by 2026-12-24',
      },
      milestones: [
        { id: '0', before: 'Test', text: 'Try' },
        { id: '1', before: 'Apply', text: 'Roll out' },
        { id: '2', before: 'Verify', text: 'Scan' },
      ],
      kept: [],
      base: next,
    });
  });
  it('what was edited stays, each text by itself, and a GRC system that wraps lines anew edits nothing', () => {
    const now = { weakness_description: 'In our words', remediation_plan: ' Update\nit ' };
    const milestones = [{ id: '7', text: 'Ask the vendor', isHeld: false }, ...open.slice(1)];
    const decided = decideTexts(texts({ now, milestones }));
    expect(decided.fields).toEqual({ remediation_plan: 'Update it by 2026-12-24' });
    expect(decided.milestones.map(({ id }) => id)).toEqual(['1', '2']);
    expect(decided.kept).toEqual([
      { field: 'weakness_description', why: 'edited' },
      { field: 'milestones', why: 'edited', text: 'Ask the vendor' },
    ]);
  });
  it('what a conflict holds and what may not go out stays and says why', () => {
    const held = decideTexts(
      texts({
        held: ['remediation_plan'],
        milestones: open.map((each) => ({ ...each, isHeld: each.id === '0' })),
        mayGoOut: (entity, field) => entity === 'milestone' || field !== 'weakness_description',
      }),
    );
    expect(held.fields).toEqual({});
    expect(held.kept).toEqual([
      { field: 'weakness_description', why: 'policy' },
      { field: 'remediation_plan', why: 'held' },
      { field: 'milestones', why: 'held', text: 'Test' },
    ]);
  });
  it('milestones stay where the rule has another number of them, and those that are done stay done', () => {
    const fewer = { ...next, milestones: ['All at once'] };
    expect(decideTexts(texts({ next: fewer })).kept).toEqual([{ field: 'milestones', why: 'number' }]);
    expect(decideTexts(texts({ milestones: open.slice(2) })).milestones).toEqual([
      { id: '2', before: 'Verify', text: 'Scan' },
    ]);
  });
  it('what the change is not about stays, whatever it says, and what says the new text already is no change', () => {
    const none = { weakness_description: false, remediation_plan: false, milestones: false };
    expect(decideTexts(texts({ concerns: none }))).toMatchObject({ fields: {}, milestones: [], kept: [] });
    // What it was made with stays known: the change after this one is about it, and finds nothing edited.
    const { base } = decideTexts(texts({ concerns: none }));
    expect(decideTexts(texts({ base })).kept).toEqual([]);
    expect(decideTexts(texts({ now: next })).fields).toEqual({});
  });
  it('where nobody knows any more what it was made with, it stays and says so', () => {
    expect(decideTexts(texts({ base: undefined })).kept).toEqual([
      { field: 'weakness_description', why: 'unknown' },
      { field: 'remediation_plan', why: 'unknown' },
      { field: 'milestones', why: 'unknown' },
    ]);
  });
});
