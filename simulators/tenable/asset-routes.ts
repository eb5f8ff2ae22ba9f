/** One asset with its details, and the job that overwrites criticality ratings (the vendor's OpenAPI). */
import { z } from 'zod';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { tenableError } from './answers.ts';
import type { AssetJson } from './asset-json.ts';
import type { Inventory } from './inventory.ts';

const names = z.array(z.string()).min(1);
const identifier = z
  .strictObject({
    id: z.string().optional(),
    fqdn: names.optional(),
    mac_address: names.optional(),
    netbios_name: names.optional(),
    ipv4: names.optional(),
  })
  .refine((each) => Object.keys(each).length > 0, 'needs an identifier');
const ratings = z
  .array(
    z.strictObject({
      acr_score: z.int().min(1).max(10),
      reason: z
        .array(
          z.enum([
            'Business Critical',
            'In Scope For Compliance',
            'Existing Mitigation Control',
            'Dev only',
            'Key drivers does not match',
            'Other',
          ]),
        )
        .optional(),
      note: z.string().optional(),
      asset: z.array(identifier).min(1),
    }),
  )
  .min(1);

/** The lists of an export bear plural names, those of the details singular ones. */
const plural = {
  fqdn: 'fqdns',
  mac_address: 'mac_addresses',
  netbios_name: 'netbios_names',
  ipv4: 'ipv4s',
} as const;
const listOf = (asset: AssetJson, name: string): string[] => {
  const value = asset[name];
  return Array.isArray(value) ? value.map(String) : [];
};

function detailsOf(asset: AssetJson): Record<string, unknown> {
  const { acr_score: acr, exposure_score: exposure } = asset;
  return {
    id: asset.id,
    has_agent: asset['has_agent'],
    created_at: asset['created_at'],
    updated_at: asset.updated_at,
    terminated_at: asset.terminated_at,
    deleted_at: asset.deleted_at,
    first_seen: asset['first_seen'],
    last_seen: asset['last_seen'],
    last_scan_target: asset['last_scan_target'] ?? null,
    sources: asset['sources'],
    tags: [],
    // Whole numbers here, texts in an export.
    ...(acr === undefined ? {} : { acr_score: Math.round(Number(acr)), acr_drivers: [] }),
    ...(acr === undefined ? {} : { exposure_score: Number(exposure) }),
    interfaces: [],
    network_id: [asset['network_id']],
    ipv4: listOf(asset, 'ipv4s'),
    ipv6: listOf(asset, 'ipv6s'),
    fqdn: listOf(asset, 'fqdns'),
    mac_address: listOf(asset, 'mac_addresses'),
    netbios_name: listOf(asset, 'netbios_names'),
    operating_system: listOf(asset, 'operating_systems'),
    system_type: listOf(asset, 'system_types'),
    hostname: listOf(asset, 'hostnames'),
  };
}

/**
 * @param given.role of the account: Scan Operator (24) overwrites ratings, if the licence has Lumin.
 * @param given.applyMs how long after the answer an asset shows its new rating.
 */
export function assetRoutes(
  inventory: Inventory,
  given: { readonly role: () => number; readonly applyMs: number },
): Route[] {
  const overwrite = ({ json, now }: SimRequest): SimResponse => {
    if (given.role() < 24) return tenableError(403, 'Forbidden', 'This takes the role Scan Operator [24]');
    if (!inventory.hasLumin) return tenableError(403, 'Forbidden', 'A Lumin license is required');
    const asked = ratings.safeParse(json);
    if (!asked.success) {
      const [issue] = asked.error.issues;
      return tenableError(400, 'Bad Request', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
    }
    const all = inventory.assets();
    const targets = asked.data.flatMap(({ acr_score: score, asset: identifiers }) =>
      identifiers.map((wanted) => ({
        score,
        asset: all.find(
          (each) =>
            each.id === wanted.id ||
            Object.entries(plural).some(([name, list]) =>
              wanted[name as keyof typeof plural]?.some((value) => listOf(each, list).includes(value)),
            ),
        ),
      })),
    );
    if (targets.some(({ asset }) => asset === undefined))
      return tenableError(404, 'Not Found', 'An asset could not be found');
    // As in the real one, the answer comes first and the effect a moment later.
    setTimeout(() => {
      for (const { asset, score } of targets)
        if (asset) inventory.overwriteAcr(asset.id, score, now.toISOString());
    }, given.applyMs);
    return { status: 202 };
  };
  return [
    { method: 'POST', path: '/api/v2/assets/bulk-jobs/acr', handle: overwrite },
    {
      method: 'GET',
      path: '/assets/:uuid',
      handle: ({ params }) => {
        const asset = inventory.assets().find((each) => each.id === params['uuid']);
        return asset
          ? { status: 200, json: detailsOf(asset) }
          : tenableError(404, 'Not Found', 'The asset does not exist');
      },
    },
  ];
}
