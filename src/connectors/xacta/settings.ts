import { z } from 'zod';
import { Secret } from '../../model/secret.ts';

/** Settings of one Xacta, as external_systems.connection_config keeps them. Which are needed depends on the profile's `auth`. */
export const xactaSettings = z.object({
  /** `default`, or the path of a profile for this installation. */
  profile: z.string().default('default'),
  username: z.string().optional(),
  password: z.instanceof(Secret).optional(),
  /** For `bearer`. */
  token: z.instanceof(Secret).optional(),
  client_id: z.string().optional(),
  client_secret: z.instanceof(Secret).optional(),
});
export type XactaSettings = z.output<typeof xactaSettings>;
