/** What Tieline's own work takes: calls of the other sides, steps, jobs, statements, requests. For whoever asks why it is slow. */
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Performance, performanceQuery } from '../../api/sync.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { lasted, performanceWords as words } from './performance-words.ts';
import { SyncNav } from './sync-nav.tsx';

type Work = Performance['items'][number];

const Row = ({ of }: { readonly of: Work }) => (
  <tr>
    <td className="mono">{of.operation}</td>
    <td>{of.component}</td>
    <td>{words.kinds[of.kind]}</td>
    <td className={detail['num']}>{of.calls.toLocaleString('en')}</td>
    <td className={`${detail['num'] ?? ''} ${of.failed > 0 ? 'attention' : ''}`}>
      {of.failed === 0 ? <Nothing word="none" /> : of.failed.toLocaleString('en')}
    </td>
    <td className={detail['num']}>{lasted(of.averageMs)}</td>
    <td className={detail['num']}>{lasted(of.p95Ms)}</td>
    <td className={detail['num']}>{lasted(of.longestMs)}</td>
  </tr>
);

const Table = ({ of }: { readonly of: Performance }) =>
  of.items.length === 0 ? (
    <p>{words.none}</p>
  ) : (
    <>
      <div className={detail['scrollX']} tabIndex={0} role="region" aria-label={words.title}>
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">Operation</th>
              <th scope="col">By</th>
              <th scope="col">Kind</th>
              {['Number', 'Failed', 'Mean', '95 % within', 'Longest'].map((title) => (
                <th key={title} scope="col" className={detail['num']}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.items.map((row) => (
              <Row key={`${row.kind} ${row.component} ${row.operation}`} of={row} />
            ))}
          </tbody>
        </table>
      </div>
      {of.isCut ? <p className="quiet">{words.more}</p> : null}
    </>
  );

export const PerformancePage = () => {
  const [hours, setHours] = useState('24');
  const [kind, setKind] = useState('');
  const query = useQuery(performanceQuery(Number(hours), kind === '' ? undefined : kind));
  return (
    <div className={detail['page']}>
      <div className={detail['head']}>
        <PageTitle title={words.title} />
        <div className={detail['actions']}>
          <NativeSelect
            aria-label="Period"
            value={hours}
            data={words.periods}
            onChange={(event) => setHours(event.currentTarget.value)}
          />
          <NativeSelect
            aria-label="Kind"
            value={kind}
            data={[{ value: '', label: 'Everything' }, ...words.kindChoices]}
            onChange={(event) => setKind(event.currentTarget.value)}
          />
        </div>
      </div>
      <SyncNav current="/sync/performance" />
      <p className="quiet" style={{ margin: '12px 0' }}>
        {words.means}
      </p>
      <Loaded query={query} whole>
        {(found) => <Table of={found} />}
      </Loaded>
    </div>
  );
};
