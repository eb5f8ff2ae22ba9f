import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Severity } from '../../api/findings.ts';
import { facetsQuery } from '../../api/lists.ts';
import type { ListState } from '../../kit/list/list-state.ts';
import { SeverityShape, severitiesWorstFirst } from '../../kit/marks/severity.tsx';
import styles from './findings.module.css';

/** How many of each severity under the other filters; a button each, which filters by it. */
export const SeverityStrip = ({ state, noun }: { readonly state: ListState; readonly noun: string }) => {
  const { severity, ...others } = state.filters;
  const { data } = useQuery({ ...facetsQuery(noun, 'severity', others), placeholderData: keepPreviousData });
  const chosen = severity === undefined || severity.startsWith('!') ? [] : severity.split(',');
  const toggle = (of: Severity): void => {
    const next = chosen.includes(of) ? chosen.filter((each) => each !== of) : [...chosen, of];
    state.setFilter('severity', next.length === 0 ? undefined : next.join(','));
  };
  return (
    <div className={styles['strip']} role="group" aria-label="Severity">
      {severitiesWorstFirst.map((of) => {
        const count = data?.facets['severity']?.[of];
        return (
          <button
            key={of}
            type="button"
            className={styles['stripButton']}
            aria-pressed={chosen.includes(of)}
            data-severity={of}
            onClick={() => toggle(of)}
          >
            <SeverityShape of={of} />
            <span>{of}</span>
            <span className="strong num">
              {count === undefined
                ? data
                  ? '0'
                  : '…'
                : `${count.exact ? '' : '> '}${count.count.toLocaleString('en')}`}
            </span>
          </button>
        );
      })}
    </div>
  );
};
