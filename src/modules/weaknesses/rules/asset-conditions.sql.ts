/** What rules and exclusions ask of an asset. */
import { type RawBuilder, sql } from 'kysely';
import { addressPatterns } from '../../../platform/lists/index.ts';
import { tagsOfAssets } from '../../../record/assets/index.ts';

/** SQL that is true of an asset that has one of the tags. @param tags an array of category:value in lower case. */
export const isTagged = (
  asset: RawBuilder<unknown>,
  tags: RawBuilder<unknown>,
): RawBuilder<boolean> => sql<boolean>`
  exists (select from ${tagsOfAssets} t where t.asset_uuid = ${asset} and lower(t.tag_key || ':' || t.tag_value) = any(${tags}))`;

/** SQL that is true of an asset with an address in one of the networks; a text that is no address is in none. @param networks an array of CIDR. */
export const isOnNetwork = (
  asset: RawBuilder<unknown>,
  networks: RawBuilder<unknown>,
): RawBuilder<boolean> => sql<boolean>`
  exists (select from ingestion_asset_network n
           where n.asset_uuid = ${asset}
             and (case when n.ipv4_address ~ ${addressPatterns[4]} then n.ipv4_address::inet <<= any(${networks}::inet[]) end
                  or case when lower(n.ipv6_address) ~ ${addressPatterns[6]} then n.ipv6_address::inet <<= any(${networks}::inet[]) end))`;
