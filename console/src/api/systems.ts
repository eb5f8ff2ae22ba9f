/** Systems: authorization boundaries. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { systemControls } from '../../../src/contract/index.ts';
import type { Agreement } from '../kit/marks/agreement.tsx';
import { get } from './http/client.ts';
import type { Change, FieldView } from './poams.ts';

export interface SystemRow {
  readonly systemId: string;
  readonly remoteId: string | null;
  readonly name: string;
  readonly externalIds: Readonly<Record<string, string>>;
  readonly scannerTag: string | null;
  readonly status: string | null;
  readonly impact: {
    readonly confidentiality: string | null;
    readonly integrity: string | null;
    readonly availability: string | null;
    readonly overall: string | null;
  };
  readonly isso: string | null;
  readonly authorizingOfficial: string | null;
  readonly components: { readonly linked: number; readonly all: number };
  readonly assets: number;
  readonly open: {
    readonly critical: number;
    readonly high: number;
    readonly medium: number;
    readonly low: number;
  };
  readonly poams: { readonly open: number; readonly overdue: number };
  /** Since when the oldest open critical finding is there. */
  readonly severeSince: string | null;
  readonly authorizationEnds: string | null;
  readonly lastScan: string | null;
  readonly lastSync: string | null;
  readonly sync: {
    readonly isOn: boolean;
    readonly why: 'excluded' | 'not_linked' | 'connection_paused' | null;
  };
}

export const componentKinds = ['linked', 'component_without_asset', 'asset_without_component'] as const;
export type ComponentKind = (typeof componentKinds)[number];

export interface ComponentRow {
  readonly componentId: string | null;
  readonly componentName: string | null;
  readonly componentType: string | null;
  readonly assetUuid: string | null;
  readonly hostname: string | null;
  readonly lastSeen: string | null;
  readonly openCritical: number;
  readonly openHigh: number;
}

export type ControlRow = z.infer<typeof systemControls>['items'][number];

export interface SystemDetail {
  readonly system: SystemRow;
  readonly version: string;
  readonly fields: readonly FieldView[];
  readonly remotes: readonly {
    readonly connection: string;
    readonly externalId: string;
    readonly confirmedAt: string;
    readonly missingSince: string | null;
  }[];
  /** Open POA&Ms by when they are due, each with the filter that lists them. */
  readonly board: readonly {
    readonly bucket: string;
    readonly filter: Readonly<Record<string, string>>;
    readonly count: number;
  }[];
  readonly agreement: readonly { readonly value: Agreement | null; readonly count: number }[];
  readonly components: Readonly<Record<ComponentKind, number>>;
  readonly topWeaknesses: readonly {
    readonly pluginId: string;
    readonly name: string | null;
    readonly severity: number;
    readonly assets: number;
  }[];
}

export const countsOf = ({ open }: SystemRow) => ({
  Critical: open.critical,
  High: open.high,
  Medium: open.medium,
  Low: open.low,
});

export const systemQuery = (id: string) =>
  queryOptions({
    queryKey: ['systems', id],
    queryFn: ({ signal }) => get<SystemDetail>(`/systems/${encodeURIComponent(id)}`, { signal }),
  });

const pathOf = (id: string): string => `/systems/${encodeURIComponent(id)}`;
export const componentsPage = 100;
export const systemComponentsQuery = (id: string, kind: ComponentKind, offset: number) =>
  queryOptions({
    queryKey: ['systems', id, 'components', kind, offset],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly ComponentRow[]; readonly total: number }>(`${pathOf(id)}/components`, {
        query: { kind, offset, limit: componentsPage },
        signal,
      }),
  });
export const systemControlsQuery = (id: string, after: string | undefined) =>
  queryOptions({
    queryKey: ['systems', id, 'controls', after],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly ControlRow[]; readonly next: string | null }>(`${pathOf(id)}/controls`, {
        query: { after },
        signal,
      }),
  });
export const systemHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['systems', id, 'history'],
    queryFn: ({ signal }) => get<{ readonly items: readonly Change[] }>(`${pathOf(id)}/history`, { signal }),
  });
