import { describe, expect, it } from 'vitest';
import { coloursFor } from './colours.ts';

describe('colours', () => {
  it('colours are written to a terminal and to nothing else, whatever the CI says', () => {
    expect(coloursFor({ isTTY: true }, {}).red('x')).toContain('[31m');
    expect(coloursFor({}, { CI: 'true' }).red('x')).toBe('x');
    expect(coloursFor({ isTTY: true }, { TERM: 'dumb' }).red('x')).toBe('x');
  });

  it('colours follow NO_COLOR first and FORCE_COLOR after it', () => {
    expect(coloursFor({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }).red('x')).toBe('x');
    expect(coloursFor({}, { FORCE_COLOR: '1' }).red('x')).toContain('[31m');
    expect(coloursFor({}, { FORCE_COLOR: '0' }).red('x')).toBe('x');
  });
});
