/** The routes that every list has: a page, a count, facets. Their parameters come from the list's definition (src/canonical/lists). */
import { z } from 'zod';
import type { ListDefinition } from '../../canonical/lists/index.ts';
import type { Permission } from '../../canonical/access/index.ts';
import { disclosureQuery } from './disclosure-query.ts';

/** A filter's parameter: text in the grammar of docs/lists.md, which the server reads by the list's definition. */
const filterParameters = (list: ListDefinition): Record<string, z.ZodOptional<z.ZodString>> =>
  Object.fromEntries(
    Object.entries(list.filters).map(([name, field]) => [
      name,
      z
        .string()
        .max(4000)
        .meta({
          description: `Filter: ${field.title}.${field.kind === 'choice' ? ` Any of ${field.known.join(', ')}, by commas; ! in front for none of them.` : ''}`,
        })
        .optional(),
    ]),
  );

const limit = z.coerce.number().int().min(1).max(500).default(100).meta({ description: 'Rows of a page.' });
const cursor = z.string().max(2000).optional().meta({ description: '`next` of the page before.' });

/** Unknown names pass here and are refused by the filter's reader, which knows what was meant. */
const listQuery = (list: ListDefinition) =>
  z
    .object({
      ...filterParameters(list),
      sort: z
        .string()
        .optional()
        .meta({
          description: `One of ${list.sorts.join(', ')}; - in front for the highest first. Default: ${list.defaultSort}.`,
        }),
      cursor,
      limit,
      ...disclosureQuery,
    })
    .catchall(z.string());
const countQuery = (list: ListDefinition) =>
  z
    .object({
      ...filterParameters(list),
      exact: z
        .stringbool()
        .default(false)
        .meta({ description: 'Counts beyond 10,000 too, which may be slow.' }),
    })
    .catchall(z.string());
const facetQuery = (list: ListDefinition) =>
  z
    .object({
      ...filterParameters(list),
      by: z.string().meta({ description: `By commas: ${list.facets.join(', ')}.` }),
    })
    .catchall(z.string());

/** How many rows; `exact` is false where there are more than could be counted in time. */
export const count = z.strictObject({ count: z.number().int(), exact: z.boolean() }).meta({ id: 'Count' });
/** By facet, by value: how many rows. The value of rows that have none is `none`. */
export const facets = z
  .strictObject({ facets: z.record(z.string(), z.record(z.string(), count)) })
  .meta({ id: 'Facets' });

export const pageShape = <Row extends z.ZodType>(row: Row) =>
  z.strictObject({ items: z.array(row), next: z.string().nullable() });

/** @param plural as in operation ids: `Findings` makes listFindings, countFindings, facetFindings. */
export const listRoutes = <const Plural extends string, Row extends z.ZodType>(
  plural: Plural,
  list: ListDefinition,
  {
    row,
    permission,
    scope = 'boundaries',
  }: {
    readonly row: Row;
    readonly permission: Permission;
    /** Default: `boundaries`. */
    readonly scope?: 'boundaries' | 'installation';
  },
) => {
  const shared = { method: 'GET', tag: list.noun, permission, scope } as const;
  const routes = {
    list: {
      ...shared,
      path: `/${list.noun}`,
      summary: `List ${list.noun}; with Accept: text/csv, export them`,
      query: listQuery(list),
      answer: { status: 200, shape: pageShape(row), stream: 'text/csv, application/x-ndjson' },
    },
    count: {
      ...shared,
      path: `/${list.noun}/count`,
      summary: `Count ${list.noun}`,
      query: countQuery(list),
      answer: { status: 200, shape: count },
    },
    facet: {
      ...shared,
      path: `/${list.noun}/facets`,
      summary: `Count ${list.noun} by value`,
      query: facetQuery(list),
      answer: { status: 200, shape: facets },
    },
  } as const;
  return Object.fromEntries(Object.entries(routes).map(([verb, route]) => [`${verb}${plural}`, route])) as {
    readonly [Verb in keyof typeof routes as `${Verb}${Plural}`]: (typeof routes)[Verb];
  }; // the names just made
};
