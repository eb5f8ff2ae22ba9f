import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldFault, instant, json, type Printable } from './shapes.ts';

const shape = z.strictObject({ at: instant.nullable(), faults: z.array(fieldFault), value: json.optional() });
type Value = Printable<z.output<typeof shape>>;

describe('a value that is printed', () => {
  it('a printed value may hold an instant as a Date, which its reader gets as text', () => {
    const value: Value = { at: new Date(0), faults: [{ field: 'url', message: 'is wrong' }] };
    expect(shape.parse(JSON.parse(JSON.stringify(value)))).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      faults: [{ field: 'url', message: 'is wrong' }],
    });
  });

  it('a printed value has its shape checked by the compiler, and a field too many is refused by a parse', () => {
    // @ts-expect-error a fault has a message
    const without: Value = { at: null, faults: [{ field: 'url' }] };
    // @ts-expect-error a number is not an instant
    const wrong: Value = { at: 5, faults: [] };
    for (const value of [without, wrong, { at: null, faults: [], more: 1 }])
      expect(shape.safeParse(value).success).toBe(false);
  });
});
