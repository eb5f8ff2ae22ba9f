/** What an exclusion names: every finding that all of it is true of makes no weakness until a day. */
import { z } from 'zod';

const name = (longest: number) => z.string().trim().min(1).max(longest);

export const exclusionScope = z
  .strictObject({
    plugin: name(50).optional(),
    cve: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^CVE-\d{4}-\d{4,}$/, { error: 'is not a CVE (expected CVE-2026-12345)' })
      .optional(),
    asset: z.guid().toLowerCase().optional(),
    network: z.union([z.cidrv4(), z.cidrv6()]).optional(),
    tag: name(400).toLowerCase().optional(),
  })
  .refine((scope) => Object.values(scope).some((each) => each !== undefined), {
    error: 'names nothing: give a plugin, CVE, asset, network or tag',
  });
export type ExclusionScope = z.infer<typeof exclusionScope>;

export interface Exclusion {
  readonly id: number;
  /** The boundary in which it holds; null: in all. */
  readonly systemId: string | null;
  readonly scope: ExclusionScope;
  readonly reason: string;
  /** ISO in UTC. */
  readonly expiresAt: string;
  readonly excludedBy: string;
  readonly excludedAt: string;
  readonly endedAt: string | null;
  readonly endedBy: string | null;
  /** Open findings that it leaves out, in the boundaries that the reader sees. */
  readonly findings: number;
}
