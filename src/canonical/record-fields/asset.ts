import { z } from 'zod';
import { instant, text, upTo, words, maybe, uuid } from './field-types.ts';

export const assetRecord = z.object({
  asset_uuid: uuid,
  /** The uuid by which the scanner's cloud service knows it, where another source reports it. */
  scanner_uuid: maybe(text),
  hostname: maybe(upTo(255)),
  netbios_name: maybe(upTo(100)),
  has_agent: maybe(z.boolean()),
  has_plugin_results: maybe(z.boolean()),
  first_seen: maybe(instant),
  last_seen: maybe(instant),
  /** When a scan with credentials was last done: part of the evidence that a finding is fixed. */
  last_authenticated_at: maybe(instant),
  exposure_score: maybe(z.int()),
  acr_score: maybe(z.number().min(0).max(10)),
  agent_uuid: maybe(text),
  bios_uuid: maybe(text),
  network_id: maybe(text),
  operating_systems: maybe(words),
  system_types: maybe(words),
  hostnames: maybe(words),
  fqdns: maybe(words),
  netbios_names: maybe(words),
  ipv4_addresses: maybe(words),
  ipv6_addresses: maybe(words),
  mac_addresses: maybe(words),
  tags: maybe(z.array(z.object({ key: text, value: text }))),
  terminated_at: maybe(instant),
  deleted_at: maybe(instant),
});
export type AssetRecord = z.infer<typeof assetRecord>;
