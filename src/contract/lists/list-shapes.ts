import { z } from 'zod';

/** How many there are; `exact: false`: at least so many. */
export const counted = z.strictObject({ count: z.number(), exact: z.boolean() });

/** A list as a command prints it: its first rows in their order, and how many match. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), total: counted });
