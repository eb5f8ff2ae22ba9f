/** The whole story of a POA&M in the order of time: changes, findings, questions, requests, what was sent. */
import { useQuery } from '@tanstack/react-query';
import { type StoryItem, storyLimit, storyQuery } from '../../../api/work/poam-life.ts';
import { deciderWords } from '../../../kit/decider.ts';
import styles from '../../../kit/detail/detail.module.css';
import { Loaded } from '../../../kit/detail/loaded.tsx';
import { At } from '../../../kit/marks/when.tsx';

const kindWords: Readonly<Record<StoryItem['kind'], string>> = {
  change: 'change',
  finding: 'finding',
  question: 'question',
  request: 'request',
  sent: 'sent',
};

export const StoryTab = ({ poamId }: { readonly poamId: string }) => (
  <Loaded query={useQuery(storyQuery(poamId))}>
    {({ items }) =>
      items.length === 0 ? (
        <p className="quiet">Nothing is known of its story.</p>
      ) : (
        <>
          <p className="quiet">
            {items.length < storyLimit
              ? 'From the beginning; the latest is at the end.'
              : `The latest ${storyLimit} steps; the command line shows more: tieline poams history ${poamId} --limit 1000`}
          </p>
          <ol className={styles['timeline']}>
            {items.map((item, at) => (
              // Nothing tells two steps of one moment apart but their place.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={`${item.at} ${at}`}>
                <span className="quiet">
                  <At at={item.at} />
                </span>
                <div style={{ overflowWrap: 'anywhere' }}>
                  <span className="quiet">{kindWords[item.kind]} · </span>
                  {item.what}
                  {item.by === null && item.reason === null ? null : (
                    <div className="quiet">
                      {[item.by === null ? '' : `by ${deciderWords(item.by)}`, item.reason ?? '']
                        .filter(Boolean)
                        .join(': ')}
                    </div>
                  )}
                </div>
              </li>
            ))}
          </ol>
        </>
      )
    }
  </Loaded>
);
