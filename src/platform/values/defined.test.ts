import { describe, expect, expectTypeOf, it } from 'vitest';
import { defined } from './defined.ts';

describe('defined', () => {
  it('defined leaves out properties that are undefined and keeps null, empty texts and zero', () => {
    const name: string | undefined = undefined;
    expect(defined({ name, kept: null, empty: '', none: 0 })).toStrictEqual({
      kept: null,
      empty: '',
      none: 0,
    });
  });

  it('defined makes optional in the type only what can be undefined', () => {
    const of = (name: string | undefined, limit: number) => defined({ name, limit });
    expectTypeOf<ReturnType<typeof of>['limit']>().toEqualTypeOf<number>();
    expectTypeOf<{ limit: 5 }>().toExtend<ReturnType<typeof of>>();
    expect(of(undefined, 5)).toStrictEqual({ limit: 5 });
  });
});
