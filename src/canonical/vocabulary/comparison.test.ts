import { expect, it } from 'vitest';
import { z } from 'zod';
import { comparisonOf } from './comparison.ts';
import { controlRecord, milestoneRecord, poamRecord } from '../record-fields/index.ts';

it('every day of a record that both sides edit is compared as a day, and nothing else is', () => {
  for (const record of [poamRecord, milestoneRecord, controlRecord])
    for (const [field, schema] of Object.entries(record.shape)) {
      const takes = (value: unknown): boolean => (schema as z.ZodType).safeParse(value).success;
      const isDay = takes('2027-01-07') && !takes('2027-01-07T10:00:00Z') && !takes('some words');
      expect([field, comparisonOf(field) === 'day']).toEqual([field, isDay]);
    }
});
