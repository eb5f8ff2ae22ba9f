import { describe, expect, it } from 'vitest';
import { commandText } from '../../../../test/support/command-over.ts';
import { commandGroups } from '../catalogue.ts';

const names = commandGroups.flatMap(({ entries }) => entries.map(({ name }) => name));

describe('a command', () => {
  it.each(names)('%s can be typed: no flag of it or of what is below it stands twice', async (name) => {
    const { code, out } = await commandText(undefined, [name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(name);
  });
});
