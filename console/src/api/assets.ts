/** Assets, as src/record/asset-lists gives them. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface AssetRow {
  readonly assetUuid: string;
  readonly name: string | null;
  readonly ips: readonly string[];
  readonly fqdns: readonly string[];
  readonly operatingSystem: string | null;
  readonly systemIds: readonly string[];
  readonly componentId: string | null;
  readonly state: 'reported' | 'unreported' | 'terminated' | 'deleted';
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly hasAgent: boolean | null;
  readonly acr: number | null;
  readonly criticality: string | null;
  readonly environment: string | null;
  readonly tags: readonly string[];
  readonly sources: readonly string[];
  readonly openCritical: number;
  readonly openHigh: number;
  readonly openMedium: number;
  readonly openLow: number;
  readonly openInfo: number;
  readonly accepted: number;
}

export const assetQuery = (uuid: string) =>
  queryOptions({
    queryKey: ['assets', uuid],
    queryFn: ({ signal }) => get<AssetRow>(`/assets/${encodeURIComponent(uuid)}`, { signal }),
  });
