import { z } from 'zod';
import { Secret } from '../../platform/values/index.ts';

const secret = z.instanceof(Secret);

/** The settings of one Tenable VM, as external_systems.connection_config keeps them. */
export const tenableSettings = z.object({
  access_key: secret.describe('API keys of the account (My Account, API Keys).'),
  secret_key: secret.describe('The other half.'),
  num_results_per_chunk: z.coerce
    .number()
    .int()
    .min(50)
    .max(10_000)
    .default(5000)
    .describe('Results of audit checks in a chunk of a compliance export.'),
  num_assets_per_chunk: z.coerce
    .number()
    .int()
    .min(50)
    .max(5000)
    .default(500)
    .describe("Assets whose findings one chunk holds (the vendor's OpenAPI: 50 to 5000)."),
  chunk_size: z.coerce
    .number()
    .int()
    .min(100)
    .max(5000)
    .default(1000)
    .describe(
      'Assets in one chunk of an asset export (100 to 10000; the vendor advises against more than 5000).',
    ),
  poll_interval_seconds: z.coerce
    .number()
    .min(0.01)
    .max(600)
    .default(10)
    .describe('The longest pause between two looks at an export under way; the first ones follow faster.'),
  stall_minutes: z.coerce
    .number()
    .min(0.01)
    .max(1440)
    .default(30)
    .describe(
      'An export without a new chunk or state for this long is given up (pyTenable issue 715: some hang for days).',
    ),
  export_restarts: z.coerce
    .number()
    .int()
    .min(0)
    .max(20)
    .default(3)
    .describe('How often a read replaces an export that failed, was cancelled or expired.'),
  tag_category: z
    .string()
    .min(1)
    .max(127)
    .regex(/^[^:]*$/, 'must not contain a colon')
    .default('Xacta System')
    .describe('The tag category that says to which authorized system an asset belongs.'),
  business_tag_categories: z
    .array(z.string().min(1).max(127))
    .default([
      'Business Criticality',
      'Cost Center',
      'Environment',
      'Compliance Scope',
      'Data Classification',
      'Network Zone',
    ])
    .describe(
      'The tag categories that hold what the business says of an asset; their fields are in the mappings of asset_context.',
    ),
  rules_per_page: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(500)
    .describe("Rules in one answer of a search (the vendor's platform OpenAPI: at most 500)."),
  scan_template: z
    .string()
    .min(1)
    .optional()
    .describe('The template of remediation scans; absent: looked up, which takes the role Standard [32].'),
  scan_scanner: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The scanner that runs them: its UUID, or AUTO-ROUTED. Absent: the vendor's cloud scanner, which sees no private address.",
    ),
  scan_network: z.guid().optional().describe('The network of AUTO-ROUTED scans; absent: the default one.'),
  scan_policy: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "The policy that they are based on; an account with the role Scan Operator [24] must name one (the vendor's OpenAPI).",
    ),
  scan_credentials: z
    .preprocess(
      (given) => (typeof given === 'string' ? given.split(',').map((each) => each.trim()) : given),
      z.array(
        z
          .string()
          .regex(
            /^[^/]+\/[^/]+\/[0-9a-f-]{36}$/i,
            'must be CATEGORY/TYPE/UUID of managed credentials, for example Host/SSH/00000000-0000-0000-0000-000000000000',
          ),
      ),
    )
    .optional()
    .describe(
      'Managed credentials with which they sign in, each CATEGORY/TYPE/UUID (Host/SSH/…), as a list or as a text with commas.',
    ),
  acr_reason: z
    .enum([
      'Business Critical',
      'In Scope For Compliance',
      'Existing Mitigation Control',
      'Dev only',
      'Key drivers does not match',
      'Other',
    ])
    .default('Other')
    .describe(
      "The reason that is given for a criticality rating which Tieline overwrites (the vendor's OpenAPI).",
    ),
  tag_visible_seconds: z.coerce
    .number()
    .min(0)
    .max(600)
    .default(30)
    .describe(
      'How long to wait until a tag, an attribute or a criticality rating that was set can be seen on its assets.',
    ),
});
export type TenableSettings = z.output<typeof tenableSettings>;
