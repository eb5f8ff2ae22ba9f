/** A severity is a shape and a word; its colour only repeats them. Native elements: they stand in cells of long lists. */
import type { Severity } from '../../api/findings.ts';
import styles from './marks.module.css';

export const severitiesWorstFirst = ['Critical', 'High', 'Medium', 'Low', 'Info'] as const;

const shapes: Record<Severity, React.ReactNode> = {
  Critical: <path d="M6 0 12 6 6 12 0 6Z" fill="currentColor" />,
  High: <path d="M6 1 12 11H0Z" fill="currentColor" />,
  Medium: <path d="M1 1H11V11H1Z" fill="currentColor" />,
  Low: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="2" />,
  Info: <circle cx="6" cy="6" r="3" fill="none" stroke="currentColor" strokeWidth="1.5" />,
};

export const SeverityShape = ({ of }: { readonly of: Severity }) => (
  <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
    {shapes[of]}
  </svg>
);

export const SeverityMark = ({ of }: { readonly of: Severity }) => (
  <span className={`${styles['severity']} ${styles[of]}`}>
    <SeverityShape of={of} />
    {of}
  </span>
);

const isSeverity = (word: string): word is Severity =>
  (severitiesWorstFirst as readonly string[]).includes(word);
/** Of a word that may be none of ours: a remote's own stays as it is. */
export const SeverityWord = ({ of }: { readonly of: string | null }) =>
  of === null ? <Nothing /> : isSeverity(of) ? <SeverityMark of={of} /> : <span>{of}</span>;

/** What is not there: a dash to the eye, a word to the ear. */
export const Nothing = ({ word = 'none' }: { readonly word?: string }) => (
  <span className="quiet">
    <span aria-hidden="true">–</span>
    <span className="hidden-text">{word}</span>
  </span>
);

/** How many of each, worst first: only those named. */
export const SeverityCounts = ({
  counts,
  shown = ['Critical', 'High', 'Medium'],
}: {
  readonly counts: Partial<Record<Severity, number>>;
  readonly shown?: readonly Severity[];
}) => (
  <span className={styles['counts']}>
    {shown.map((severity) => {
      const count = counts[severity] ?? 0;
      return (
        <span
          key={severity}
          title={`${severity}: ${count}`}
          className={`${styles['count']} ${count === 0 ? styles['zero'] : styles[severity]}`}
        >
          <span className="hidden-text">{severity} </span>
          {count.toLocaleString('en')}
        </span>
      );
    })}
  </span>
);
