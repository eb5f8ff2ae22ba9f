/** Threat feeds: which issue of each is loaded, how old it is, and when it is loaded next. */
import { useQuery } from '@tanstack/react-query';
import { feedsQuery, type FeedStatus } from '../../api/intelligence.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { Day, When } from '../../kit/marks/when.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './intelligence.module.css';
import { SendFeed } from './send-feed.tsx';
import { feedWords } from './words.ts';

const Age = ({ of: { ageDays, mostDays, isOld } }: { readonly of: FeedStatus }) =>
  ageDays === null ? (
    <Nothing />
  ) : (
    <span
      className={isOld ? 'attention strong' : ''}
      title={mostDays === null ? undefined : `It should be at most ${mostDays} days old.`}
    >
      {ageDays === 1 ? '1 day' : `${ageDays} days`}
      {isOld ? ', old' : ''}
    </span>
  );

const Next = ({ of: { source } }: { readonly of: FeedStatus }) =>
  source?.enabled ? (
    <>
      <When at={source.nextRunAt} />
      <div className="quiet">{source.address}</div>
      {source.lastOutcome === null ? null : (
        <div className={source.lastOutcome.startsWith('failed') ? 'bad' : 'quiet'}>{source.lastOutcome}</div>
      )}
    </>
  ) : (
    <span className="quiet">by hand</span>
  );

const Line = ({ of, may }: { readonly of: FeedStatus; readonly may: boolean }) => (
  <tr>
    <td>
      <span className="strong">{of.feed}</span>
      <div className="quiet">{feedWords[of.feed]}</div>
    </td>
    <td>{of.load?.version ?? <Nothing />}</td>
    <td>{of.load ? <Day at={of.load.feedDate} /> : <Nothing />}</td>
    <td>
      <Age of={of} />
    </td>
    <td className={detail['num']}>{of.load ? of.load.read.toLocaleString('en') : <Nothing />}</td>
    <td>
      {of.load === null ? (
        <Nothing word="never" />
      ) : (
        <>
          <When at={of.load.loadedAt} />
          <div className="quiet">
            by {of.load.loadedBy}
            {of.load.forcedReason === null ? '' : `, although it was refused: ${of.load.forcedReason}`}
          </div>
        </>
      )}
    </td>
    <td>
      <Next of={of} />
    </td>
    {may ? (
      <td className={styles['send']}>
        <SendFeed feed={of.feed} />
      </td>
    ) : null}
  </tr>
);

export const FeedsTable = () => {
  const may = useMay('intelligence:write');
  return (
    <Loaded query={useQuery(feedsQuery)}>
      {({ items, assessed }) => (
        <>
          <table className={detail['table']}>
            <thead>
              <tr>
                <th scope="col">Feed</th>
                <th scope="col">Version</th>
                <th scope="col">Of</th>
                <th scope="col">Age</th>
                <th scope="col" className={detail['num']}>
                  Rows
                </th>
                <th scope="col">Loaded</th>
                <th scope="col">Next</th>
                {may ? <th scope="col">A newer file</th> : null}
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <Line key={each.feed} of={each} may={may} />
              ))}
            </tbody>
          </table>
          <p className="quiet" style={{ marginTop: 8 }}>
            {assessed === null ? (
              'Risk scores were never computed.'
            ) : (
              <>
                Risk scores of {assessed.findings.toLocaleString('en')} open findings were computed{' '}
                <When at={assessed.at} />.
              </>
            )}{' '}
            This product uses data from the NVD API but is not endorsed or certified by the NVD. EPSS: FIRST.
          </p>
        </>
      )}
    </Loaded>
  );
};
