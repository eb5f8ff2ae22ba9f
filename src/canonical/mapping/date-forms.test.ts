import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateForm, faultOfForm } from './date-forms.ts';
import { Refused, waysOf } from './transforms.ts';

const forms = ['MM/DD/YYYY', 'M/D/YYYY', 'DD.MM.YYYY', 'DD-MMM-YYYY', 'YYYYMMDD', 'YYYY/MM/DD HH:mm:ss'];

describe('a form of dates', () => {
  it.each([
    ['MM/DD/YYYY', '07/15/2026', '2026-07-15'],
    ['MM/DD/YYYY', '7/5/2026', '2026-07-05'],
    ['DD.MM.YYYY', '15.07.2026', '2026-07-15'],
    ['DD-MMM-YYYY', '15-JUL-2026', '2026-07-15'],
    ['YYYYMMDD', '20260715', '2026-07-15'],
  ])('a date form %s reads %s as the day %s', (form, text, day) => {
    expect(dateForm(form).read(text)?.toISOString().slice(0, 10)).toBe(day);
  });

  it.each([
    ['MM/DD/YYYY', '13/01/2026'],
    ['MM/DD/YYYY', '02/30/2026'],
    ['MM/DD/YYYY', '2026-02-03'],
    ['MM/DD/YYYY', '07/15/26'],
    ['DD-MMM-YYYY', '15-Xyz-2026'],
    ['YYYYMMDD', '2026715'],
  ])('a date form %s does not read %s', (form, text) => {
    expect(dateForm(form).read(text)).toBeUndefined();
  });

  it('a date form reads what it writes, whatever the day', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (form, at) => {
          const text = dateForm(form).write(at);
          expect(dateForm(form).read(text)?.toISOString().slice(0, 10)).toBe(at.toISOString().slice(0, 10));
        },
      ),
    );
  });

  it.each(['MM/DD', 'YYYY-MM-DD-DD', 'MM/DD/YY', 'nonsense', 'HH:mm'])(
    'a date form that leaves something open is refused, with what a form is made of: %s',
    (form) => {
      expect(faultOfForm(form)).toContain('as MM/DD/YYYY');
    },
  );
});

describe('a date of a mapping', () => {
  const american = waysOf({ kind: 'date', external: 'MM/DD/YYYY', internal: 'date' }, {});

  it('a mapped date in a named form is read as a day and written in that form', () => {
    expect(american.in('01/07/2027')).toBe('2027-01-07');
    expect(american.out?.('2027-01-07')).toBe('01/07/2027');
    expect(american.out?.('2027-01-07T00:00:00')).toBe('01/07/2027');
  });

  it('a mapped date in none of the named forms is refused, with the forms that are named', () => {
    const refused = american.in('7 January');
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).rule).toContain('MM/DD/YYYY');
  });

  it('a mapped date with a zone keeps the day of its writer', () => {
    const day = waysOf({ kind: 'date', external: 'date', internal: 'date' }, {});
    expect(day.in('2027-01-07T23:59:59-05:00')).toBe('2027-01-07');
    expect(day.in('2027-01-08T00:30:00+13:00')).toBe('2027-01-08');
    expect(day.in('2027-01-07T23:59:59.000Z')).toBe('2027-01-07');
  });
});
