/** Alerts, their rules and channels, as src/contract/routes/alerts gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  alertChannel,
  alertDetail,
  alertRow,
  alertRule,
  digest,
} from '../../../../src/contract/index.ts';
import { get, post, put, remove } from '../http/client.ts';

export type AlertRow = z.infer<typeof alertRow>;
export type AlertDetail = z.infer<typeof alertDetail>;
export type AlertRule = z.infer<typeof alertRule>;
export type AlertChannel = z.infer<typeof alertChannel>;
export type Digest = z.infer<typeof digest>;

const path = (id: string): string => `/alerts/${encodeURIComponent(id)}`;

export const alertQuery = (id: string) =>
  queryOptions({ queryKey: ['alerts', id], queryFn: ({ signal }) => get<AlertDetail>(path(id), { signal }) });

export const acknowledgeAlert = (id: string, reason: string | null): Promise<AlertDetail> =>
  post(`${path(id)}/acknowledge`, { reason });
export const assignAlert = (id: string, to: string | null, reason: string | null): Promise<AlertDetail> =>
  post(`${path(id)}/assign`, { to, reason });
export const suppressAlert = (id: string, until: string, reason: string): Promise<AlertDetail> =>
  post(`${path(id)}/suppress`, { until, reason });
export const reactivateAlert = (id: string, reason: string | null): Promise<AlertDetail> =>
  post(`${path(id)}/reactivate`, { reason });
export const resolveAlert = (id: string, reason: string): Promise<AlertDetail> =>
  post(`${path(id)}/resolve`, { reason });

export const alertRulesQuery = queryOptions({
  queryKey: ['alert-rules'],
  queryFn: async ({ signal }) =>
    (await get<{ items: readonly AlertRule[] }>('/alert-rules', { signal })).items,
});

export interface RuleWish extends Pick<AlertRule, 'kind' | 'metric' | 'systemId' | 'levels' | 'isEnabled'> {
  readonly reason: string;
}
export const setAlertRule = (wish: RuleWish): Promise<AlertRule> => put('/alert-rules', wish);
export const removeAlertRule = (
  place: Pick<AlertRule, 'kind' | 'metric' | 'systemId'>,
  reason: string,
): Promise<unknown> => post('/alert-rules/remove', { ...place, reason });

export const alertChannelsQuery = queryOptions({
  queryKey: ['alert-channels'],
  queryFn: async ({ signal }) =>
    (await get<{ items: readonly AlertChannel[] }>('/alert-channels', { signal })).items,
});
export interface ChannelWish {
  readonly settings?: Readonly<Record<string, string | null>>;
  readonly secret?: string;
  readonly leastSeverity?: AlertChannel['leastSeverity'];
  readonly isEnabled?: boolean;
}
const channelPath = (name: string): string => `/alert-channels/${encodeURIComponent(name)}`;
export const addChannel = (
  channel: ChannelWish & Pick<AlertChannel, 'name' | 'kind'>,
): Promise<AlertChannel> => post('/alert-channels', channel);
export const changeChannel = (name: string, wish: ChannelWish): Promise<AlertChannel> =>
  post(`${channelPath(name)}/change`, wish);
export const removeChannel = (name: string): Promise<unknown> => post(`${channelPath(name)}/remove`, {});
export const testChannel = (
  name: string,
): Promise<{ readonly deliveries: readonly { readonly state: string; readonly failure: string | null }[] }> =>
  post(`${channelPath(name)}/test`, {});

export const myDigestQuery = queryOptions({
  queryKey: ['me', 'digest'],
  queryFn: async ({ signal }) => (await get<{ digest: Digest | null }>('/me/digest', { signal })).digest,
});
export const setMyDigest = (wish: Pick<Digest, 'rhythm' | 'hour' | 'namesRecords'>): Promise<Digest> =>
  put('/me/digest', wish);
export const stopMyDigest = (): Promise<unknown> => remove('/me/digest');
