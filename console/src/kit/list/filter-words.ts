/** A filter of the grammar in words: `first=..30d` is "first found: over 30 days ago". */
import type { FilterSpec } from '../../api/lists.ts';

const dayOrDays = (text: string): string => {
  const days = /^(\d+)d$/.exec(text)?.[1];
  return days === undefined ? text : `${days} ${days === '1' ? 'day' : 'days'}`;
};

function instantWords(value: string, lies: 'behind' | 'ahead'): string {
  const [from = '', to = ''] = value.includes('..') ? value.split('..') : [value, value];
  const inDays = (text: string) => /^\d+d$/.test(text);
  if (lies === 'behind') {
    if (from === '' && inDays(to)) return `over ${dayOrDays(to)} ago`;
    if (to === '' && inDays(from)) return `in the last ${dayOrDays(from)}`;
  } else {
    if (from === '' && inDays(to)) return to === '0d' ? 'overdue' : `within ${dayOrDays(to)}`;
    if (to === '' && inDays(from)) return `in over ${dayOrDays(from)}`;
  }
  if (from === to) return from;
  if (from === '') return `until ${dayOrDays(to)}`;
  if (to === '') return `from ${dayOrDays(from)}`;
  return `${dayOrDays(from)} to ${dayOrDays(to)}`;
}

function numberWords(value: string): string {
  const [from = '', to = ''] = value.includes('..') ? value.split('..') : [value, value];
  if (from === to) return from;
  if (from === '') return `at most ${to}`;
  if (to === '') return `at least ${from}`;
  return `${from} to ${to}`;
}

export function valueWords(spec: FilterSpec | undefined, value: string): string {
  if (value === 'none' || value === 'any') return value;
  if (spec?.kind === 'instant') return instantWords(value, spec.lies ?? 'behind');
  if (spec?.kind === 'number') return numberWords(value);
  if (value.startsWith('!')) return `not ${value.slice(1).split(',').join(', ')}`;
  return value.split(',').join(', ');
}

/** The title of a filter without the remark behind its comma: "due, by the weakness" is "due". A flag has its name: "open: yes". */
export const shortTitle = (name: string, spec: FilterSpec | undefined): string =>
  spec === undefined || spec.kind === 'flag' ? name : (spec.title.split(',')[0] ?? name);
