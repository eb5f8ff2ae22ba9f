import { z } from 'zod';
import { cveDetail, cveRow, feedStatuses, lastAssessed } from '../../records/index.ts';
import { job } from '../../work/index.ts';
import { defineRoutes } from '../define-route.ts';

/** What feeds say of a CVE is nobody's boundary: only the counts of findings beside it are cut to the caller's. */
export const intelligenceRoutes = defineRoutes({
  listFeeds: {
    method: 'GET',
    path: '/intelligence/feeds',
    tag: 'intelligence',
    summary: 'Threat feeds: what is loaded, how old it is',
    permission: 'intelligence:read',
    scope: 'boundaries',
    passive: true,
    answer: {
      status: 200,
      shape: z.strictObject({
        items: feedStatuses,
        /** When risk scores were computed last; null: never. */
        assessed: lastAssessed.nullable(),
      }),
    },
  },
  loadFeed: {
    method: 'POST',
    path: '/intelligence/loads',
    tag: 'intelligence',
    summary: 'Send a file of a threat feed; a worker loads it',
    permission: 'intelligence:write',
    scope: 'installation',
    query: z.strictObject({
      feed: z.enum(['kev', 'epss', 'nvd', 'cve', 'ssvc']),
      file: z.string().min(1).max(255).meta({ description: 'The name of the file.' }),
      force: z.string().min(3).max(500).optional().meta({
        description: 'Why it is loaded although it is older than what is there, or lacks many entries.',
      }),
    }),
    file: true,
    idempotent: true,
    answer: { status: 202, shape: job },
    audit: { event: 'import' },
  },
  searchCves: {
    method: 'GET',
    path: '/intelligence/cves',
    tag: 'intelligence',
    summary: 'CVEs, the newest number first',
    permission: 'intelligence:read',
    scope: 'boundaries',
    query: z.strictObject({
      q: z.string().max(200).optional().meta({
        description: 'The beginning of a number, or words of the KEV catalogue.',
      }),
      kev: z.stringbool().optional().meta({ description: 'Only those that are known to be exploited.' }),
      here: z.stringbool().optional().meta({ description: 'Only those that a known plugin looks for.' }),
      after: z.string().max(40).optional().meta({ description: 'Those after this CVE.' }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: { status: 200, shape: z.strictObject({ items: z.array(cveRow), next: z.string().nullable() }) },
  },
  getCve: {
    method: 'GET',
    path: '/intelligence/cve',
    tag: 'intelligence',
    summary: 'All that is known of a CVE, and where it is open',
    permission: 'intelligence:read',
    scope: 'boundaries',
    query: z.strictObject({ cve: z.string().regex(/^CVE-\d{4}-\d{4,19}$/i, 'expected CVE-YYYY-NNNN') }),
    answer: { status: 200, shape: cveDetail },
  },
});
