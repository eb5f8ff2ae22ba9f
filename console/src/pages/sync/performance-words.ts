import type { Performance } from '../../api/sync.ts';

type Kind = Performance['items'][number]['kind'];

const kinds: Readonly<Record<Kind, string>> = {
  api_call: 'Call to a connected system',
  sync_step: 'Step of a sync',
  job: 'Background job',
  query: 'Database statement',
  request: 'Request to this server',
};

export const performanceWords = {
  title: 'Performance',
  kinds,
  kindChoices: Object.entries(kinds).map(([value, label]) => ({ value, label })),
  periods: [
    { value: '1', label: 'Last hour' },
    { value: '24', label: 'Last 24 hours' },
    { value: '168', label: 'Last 7 days' },
    { value: '720', label: 'Last 30 days' },
  ],
  means:
    'Sorted by total time. Servers and workers save what they measured every five minutes; a sync saves it when it ends.',
  none: 'Nothing was measured in this period.',
  more: 'Not everything is listed. Choose a kind to see more.',
};

/** Milliseconds as people read them. */
export const lasted = (ms: number): string =>
  ms < 1000
    ? `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`
    : ms < 120_000
      ? `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
      : `${(ms / 60_000).toFixed(0)} min`;
