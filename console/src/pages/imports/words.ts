import type { ImportRow } from '../../api/imports.ts';

export const words = {
  title: 'Imports',
  many: 'imports',
  nothingYet:
    'Drop a .nessus or .csv file into the field above. What it finds is then on the page of its asset.',
};

export const states: Readonly<
  Record<ImportRow['state'], { readonly text: string; readonly tone: string; readonly meaning: string }>
> = {
  waiting: {
    text: 'Waits for a worker',
    tone: 'attention',
    meaning: 'It is whole on the server. A worker imports it.',
  },
  running: {
    text: 'Being imported',
    tone: 'strong',
    meaning: 'Nothing of it shows before all of it is read.',
  },
  imported: { text: 'Imported', tone: 'good', meaning: 'All of it was read.' },
  'already imported': {
    text: 'Already imported',
    tone: 'quiet',
    meaning: 'The same file was imported before. Nothing was changed.',
  },
  partial: {
    text: 'Partly imported',
    tone: 'attention',
    meaning: 'What is whole was imported; the rest is named.',
  },
  refused: { text: 'Refused', tone: 'bad strong', meaning: 'Nothing of it was imported.' },
  cancelled: { text: 'Cancelled', tone: 'quiet', meaning: 'Somebody ended it. Nothing of it was imported.' },
};

const units = ['bytes', 'kB', 'MB', 'GB'] as const;
/** `1.4 GB` */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${at === 0 ? String(value) : Number(value.toPrecision(3))} ${units[at] ?? ''}`;
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** What it brought, in a sentence; empty where it brought nothing. */
export function resultWords(
  of: Pick<ImportRow, 'hosts' | 'items' | 'newFindings' | 'fixed' | 'cameBack' | 'held'>,
): string {
  if (of.hosts === 0 && of.items === 0) return '';
  return [
    counted(of.hosts, 'host'),
    counted(of.items, 'item'),
    counted(of.newFindings, 'new finding'),
    `${of.fixed.toLocaleString('en')} fixed`,
    `${of.cameBack.toLocaleString('en')} came back`,
    ...(of.held > 0 ? [`${of.held.toLocaleString('en')} held`] : []),
  ].join(' · ');
}
