/** Values of records as the API has them, for reading: text, lists, and objects field by field. */
import { compared } from './compared.ts';
import { Nothing } from './severity.tsx';
import styles from './marks.module.css';

const midnight = /^(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?(?:Z|\+00:00)?$/;

/** `scheduled_completion` → `Scheduled completion` */
export const nameWords = (name: string): string =>
  name.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());

/** In one line. A day loses its midnight. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return midnight.exec(value)?.[1] ?? value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(valueWords).filter(Boolean).join(', ');
  return Object.entries(value)
    .map(([name, each]) => `${nameWords(name)}: ${valueWords(each)}`)
    .join('; ');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const AnyValue = ({ of }: { readonly of: unknown }) => {
  if (isRecord(of))
    return (
      <dl className={styles['object']}>
        {Object.entries(of).map(([name, value]) => (
          <div key={name}>
            <dt>{nameWords(name)}</dt>
            <dd>{valueWords(value) === '' ? <Nothing word="empty" /> : valueWords(value)}</dd>
          </div>
        ))}
      </dl>
    );
  const text = valueWords(of);
  return text === '' ? <Nothing word="empty" /> : <span className={styles['text']}>{text}</span>;
};

const mostWords = 600;
const wordsOf = (text: string): string[] => text.split(/(\s+)/).filter((word) => word !== '');

/** A text in which the words are marked that the other does not have: `added` by it, or `removed` from it. */
export const MarkedValue = ({
  of,
  against,
  as,
}: {
  readonly of: unknown;
  readonly against: unknown;
  readonly as: 'added' | 'removed';
}) => {
  const words = wordsOf(valueWords(of));
  const others = wordsOf(valueWords(against));
  if (isRecord(of) || words.length === 0 || words.length > mostWords || others.length > mostWords)
    return <AnyValue of={of} />;
  // Both sides of a change are shown beside each other: compared in one direction, so that they agree.
  const parts =
    as === 'added'
      ? compared(others, words).filter(({ is }) => is !== 'removed')
      : compared(words, others).filter(({ is }) => is !== 'added');
  const Mark = as === 'added' ? 'ins' : 'del';
  // A day or a word is not broken at its hyphens.
  const isShort = words.length === 1;
  return (
    <span className={styles['text']} style={isShort ? { whiteSpace: 'nowrap' } : undefined}>
      {parts.map(({ is, text }, index) =>
        is === 'kept' || text.trim() === '' ? text : <Mark key={index}>{text}</Mark>,
      )}
    </span>
  );
};
