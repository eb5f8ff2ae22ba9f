import { z } from 'zod';
import { Secret } from '../../platform/values/index.ts';

const secret = z.instanceof(Secret);

/** The settings of one Security Center, as external_systems.connection_config keeps them. */
export const tenableScSettings = z
  .object({
    access_key: secret.optional().describe('API keys of the account, both or none.'),
    secret_key: secret.optional().describe('The other half.'),
    username: z.string().min(1).optional().describe('The account that signs in by name; absent: API keys.'),
    password: secret.optional().describe('Its password.'),
    page_size: z.coerce
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(1000)
      .describe(
        'Rows in one answer of an analysis; larger ones were seen to come back wrong (pyTenable issue 823).',
      ),
    repositories: z
      .preprocess(
        (given) => (typeof given === 'string' ? given.split(',').map((id) => id.trim()) : given),
        z.array(z.coerce.string().regex(/^\d+$/, 'the id of a repository is a number')).min(1),
      )
      .optional()
      .describe(
        'Ids of the repositories to read, as a list or as a text with commas; absent: all that the account sees.',
      ),
  })
  .refine(
    (given) =>
      given.access_key !== undefined && given.secret_key !== undefined
        ? given.username === undefined && given.password === undefined
        : given.access_key === undefined &&
          given.secret_key === undefined &&
          given.username !== undefined &&
          given.password !== undefined,
    {
      path: ['access_key'],
      message: 'give access_key and secret_key, or username and password: one whole pair, and not both',
    },
  );
export type TenableScSettings = z.output<typeof tenableScSettings>;
