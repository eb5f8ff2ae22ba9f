import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownJson, shownLines, shownOutput, shownText } from './shown-text.ts';

const esc = String.fromCharCode(27);

describe('text from outside', () => {
  it('text from outside is shown with what a terminal obeys as escapes, on one line', () => {
    expect(shownText(`web01${esc}[2J${esc}]0;owned\u0007`)).toBe('web01\\u001b[2J\\u001b]0;owned\\u0007');
    expect(shownText('a\r\nb\tc\u009B1m\u007F')).toBe('a\\r\\nb\\tc\\u009b1m\\u007f');
    expect(shownText('abc\u202Egpj.exe\u2066\uFEFF')).toBe('abc\\u202egpj.exe\\u2066\\ufeff');
    expect(shownText('Zürich, 東京, 🙂 \\u001b')).toBe('Zürich, 東京, 🙂 \\u001b');
  });

  it('text from outside keeps the line breaks of a text that is ours', () => {
    expect(shownLines(`at a\n\tat ${esc}b`)).toBe('at a\n\tat \\u001bb');
  });

  it('text from outside keeps our own colours in a line, and no other sequence', () => {
    expect(shownOutput(`${esc}[32m✓${esc}[39m ${esc}[8mhidden${esc}[2K`)).toBe(
      `${esc}[32m✓${esc}[39m \\u001b[8mhidden\\u001b[2K`,
    );
  });

  it('text from outside is the same value in JSON, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = shownJson(JSON.stringify({ [text]: text }));
        expect(JSON.parse(shown)).toEqual({ [text]: text });
        expect(shownText(shown)).toBe(shown);
      }),
    );
  });
});
