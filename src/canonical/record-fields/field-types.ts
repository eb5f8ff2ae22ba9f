/**
 * What the fields of canonical records are made of. A field that is absent was not said; null was said to be empty.
 * Instants are ISO 8601 in UTC with a `Z`, dates `YYYY-MM-DD`.
 */
import { z } from 'zod';

/** PostgreSQL counts from the year 1: a date of the year 0 is one that a scanner made up. */
const hasYear = (value: string): boolean => !value.startsWith('0000');
const noYear = 'the year 0 cannot be stored; expected the year 1 or later';
export const instant = z.iso.datetime().refine(hasYear, noYear);
export const date = z.iso.date().refine(hasYear, noYear);
export const text = z.string();
/** A text no longer than its column, so that a long one is held with a reason instead of failing a whole batch. */
export const upTo = (length: number) => z.string().max(length);
export const words = z.array(z.string());
export const maybe = <T extends z.ZodType>(type: T) => type.nullable().optional();

/** As PostgreSQL takes it: installations hold uuids without the marks of a version. */
export const uuid = z.guid();
