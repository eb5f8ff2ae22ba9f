/** A step of a translation, as people read it. A kind without words does not compile. */
import { scalarText } from '../../platform/values/index.ts';
import type { Transform } from './mapping.ts';

type Words = { readonly [K in Transform['kind']]: (step: Extract<Transform, { kind: K }>) => string };

const shownPairs = 12;

const words: Words = {
  trim: () => 'without spaces around it',
  case: ({ to }) => ({ upper: 'in capitals', lower: 'in small letters', title: 'Each Word Capital' })[to],
  values(step) {
    const pairs = Object.entries(step.map);
    const shown = pairs.slice(0, shownPairs).map(([there, here]) => `${there} is ${scalarText(here)}`);
    return `word for word: ${shown.join(', ')}${pairs.length > shownPairs ? `, and ${pairs.length - shownPairs} more` : ''}`;
  },
  date: ({ internal }) => (internal === 'date' ? 'as a day' : 'as a time'),
  number: ({ scale, integer }) =>
    `as a ${integer === true ? 'whole ' : ''}number${scale === undefined ? '' : `, times ${scale}`}`,
  boolean: () => 'as yes or no',
  text: () => 'as text',
  list: () => 'as a list',
  split: ({ separator }) => `a list, split at "${separator}"`,
  first: () => 'the first of the list',
  last: () => 'the last of the list',
  template: ({ text }) => `written as "${text}"`,
  constant: ({ value }) => `always ${JSON.stringify(value)}`,
  default: ({ value }) => `${JSON.stringify(value)} where there is none`,
  lookup: ({ table }) => `looked up in the table ${table}`,
  uuid: ({ derive }) => (derive === true ? 'as an id made of the text' : 'as an id'),
};

export const transformWords = (step: Transform): string =>
  (words[step.kind] as (step: Transform) => string)(step); // the one for this kind
