import { z } from 'zod';
import { text, upTo, words, maybe } from './field-types.ts';

/** What the business says about an asset; kept in assets_extended. */
export const assetContextRecord = z.object({
  /** What the scanner's server calls the asset. */
  scanner_asset_id: text.min(1).max(255),
  business_criticality: maybe(upTo(50)),
  cost_center: maybe(upTo(100)),
  environment: maybe(upTo(50)),
  compliance_scope: maybe(words),
  data_classification: maybe(upTo(50)),
  network_zone: maybe(upTo(100)),
  /** The rating that the organization gives it, in place of the one that the scanner's server computes. */
  acr_override: maybe(z.int().min(1).max(10)),
  /** The component that it was matched to, and the system of that, as the GRC system calls them. */
  component_remote_id: maybe(upTo(255)),
  system_remote_id: maybe(upTo(255)),
});

/** What no remote decides. */
export const sentOnlyOfAssetContext = ['acr_override', 'component_remote_id', 'system_remote_id'] as const;
