import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asSent, parseShown, sentText, shownText } from '../../console/src/api/http/shown-text.ts';
import { shownLines } from '../../src/platform/errors/shown-text.ts';

describe('text from outside on a page', () => {
  it('every character is shown as the terminal shows it, but for a carriage return', () => {
    const differing: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (character !== '\r' && shownText(character) !== shownLines(character))
        differing.push(code.toString(16));
    }
    expect(differing).toEqual([]);
  });

  it('what is sent back is what was read, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/\\u[0-9a-f]{4}/.test(text));
        expect(sentText(shownText(text))).toBe(text);
        const there = JSON.stringify({ text, list: [text] });
        expect(JSON.parse(JSON.stringify(parseShown(there), asSent))).toEqual(JSON.parse(there));
      }),
    );
  });

  it('an escape that a person typed stays one', () => {
    expect(sentText(String.raw`C:\users\u0041nna`)).toBe(String.raw`C:\users\u0041nna`);
  });
});
