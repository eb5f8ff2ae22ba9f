/**
 * What the shapes of the contract are made of. A shape describes JSON as it is printed and sent; `Printable` is the same value before it
 * becomes JSON, in which an instant is still a Date.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { reasonSentences, ruleSentences } from '../../canonical/vocabulary/index.ts';

/** Any JSON value. zod's own type of it is not readonly; the set of values is the same. */
export const json = z.json() as z.ZodType<Json>;
export const jsonObject = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>;

/** A point in time, ISO 8601 in UTC. */
export const instant = z.iso.datetime().brand<'instant'>();
type Instant = z.infer<typeof instant>;

/** How many, by a name that the key says. */
export const tally = z.record(z.string(), z.number());

/** What a step or file came to: read = created + updated + unchanged + held + failed. */
export const counts = z.strictObject({
  read: z.number(),
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  held: z.number(),
  failed: z.number(),
});

/** A field with what is wrong about it. */
export const fieldFault = z.strictObject({ field: z.string(), message: z.string() });

/** What a value may be that is printed as `T`. */
export type Printable<T> = [Json] extends [T]
  ? T
  : [JsonObject] extends [T]
    ? T
    : T extends Instant
      ? Date | string
      : T extends readonly (infer Each)[]
        ? readonly Printable<Each>[]
        : T extends object
          ? { readonly [Key in keyof T]: Printable<T[Key]> }
          : T;

const keysOf = <T extends string>(texts: Readonly<Record<T, unknown>>): T[] => Object.keys(texts) as T[]; // a record has its keys

/** Who decided and why, beside the texts: kind, and the codes of rule and reason where Tieline gave them (docs/cli.md). */
export const decisionCodes = {
  decidedByKind: z.enum(['rule', 'policy', 'person']),
  ruleCode: z.enum(keysOf(ruleSentences)).nullable(),
  reasonCode: z.enum(keysOf(reasonSentences)).nullable(),
};
