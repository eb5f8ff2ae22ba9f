import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { countsOf, type SystemDetail, type SystemRow, systemQuery } from '../../api/systems.ts';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Tabs } from '../../kit/detail/tabs.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { SeverityCounts, SeverityMark } from '../../kit/marks/severity.tsx';
import { Age, At, Ends, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { assetList } from '../assets/asset-list.tsx';
import { findingList } from '../findings/finding-list.tsx';
import { poamList } from '../poams/poam-list.tsx';
import { syncWords, words } from './words.ts';

const severityByRank = ['Info', 'Low', 'Medium', 'High', 'Critical'] as const;

const TopWeaknesses = ({ of }: { readonly of: SystemDetail['topWeaknesses'] }) =>
  of.length === 0 ? (
    <p className="quiet">No open finding.</p>
  ) : (
    <table className={styles['table']} style={{ maxWidth: 1100 }}>
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">Weakness</th>
          <th scope="col" className={styles['num']}>
            Assets
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((weakness) => (
          <tr key={weakness.pluginId}>
            <td>
              <SeverityMark of={severityByRank[weakness.severity] ?? 'Info'} />
            </td>
            <td>
              <RecordLink kind="plugin" id={weakness.pluginId}>
                {weakness.name ?? weakness.pluginId}
              </RecordLink>
            </td>
            <td className={styles['num']}>{weakness.assets}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );

const Overview = ({ of, top }: { readonly of: SystemRow; readonly top: SystemDetail['topWeaknesses'] }) => (
  <div className={styles['tabBody']}>
    <Section title="Authorization">
      <Facts
        of={[
          ['Status', of.status],
          ['Ends', <Ends key="ends" on={of.authorizationEnds} withDay />],
          ['Confidentiality', of.impact.confidentiality],
          ['Integrity', of.impact.integrity],
          ['Availability', of.impact.availability],
          ['ISSO', of.isso],
          ['Authorizing official', of.authorizingOfficial],
        ]}
      />
    </Section>
    <Section title="Exposure">
      <Facts
        of={[
          ['Open findings', <SeverityCounts key="open" counts={countsOf(of)} />],
          ['Oldest critical', <Age key="oldest" since={of.severeSince} />],
          ['POA&Ms open', of.poams.open],
          ['POA&Ms overdue', of.poams.overdue],
          ['Assets', of.assets],
          [
            'Components',
            `${of.components.linked} of ${of.components.all} matched`,
            'Components that are matched to an asset',
          ],
          ['Last scan', <At key="scan" at={of.lastScan} />],
        ]}
      />
    </Section>
    <Section title="Agreement with the GRC system">
      <Facts
        of={[
          ['Sync', of.sync.isOn ? 'on' : `off${of.sync.why === null ? '' : `: ${syncWords[of.sync.why]}`}`],
          ['Last sync', <At key="sync" at={of.lastSync} />],
        ]}
      />
    </Section>
    <Section title="Weaknesses on most assets">
      <TopWeaknesses of={top} />
    </Section>
  </div>
);

const Marks = ({ of }: { readonly of: SystemRow }) => (
  <>
    <span className="mono quiet">{of.systemId}</span>
    <span>{of.status}</span>
    <span>
      <span className="quiet">authorization ends </span>
      <Ends on={of.authorizationEnds} />
    </span>
    <span>
      <span className="quiet">last sync </span>
      <When at={of.lastSync} />
    </span>
  </>
);

export const SystemPage = () => {
  const { systemId = '', tab } = useParams({ strict: false });
  const fixed = useMemo(() => ({ system: systemId }), [systemId]);
  const lists = [
    {
      id: 'poams',
      title: 'POA&Ms',
      may: useMay('poam:read'),
      list: <ListPage spec={poamList} fixed={fixed} />,
    },
    {
      id: 'findings',
      title: 'Findings',
      may: useMay('finding:read'),
      list: <ListPage spec={findingList} fixed={fixed} />,
    },
    {
      id: 'assets',
      title: 'Assets',
      may: useMay('asset:read'),
      list: <ListPage spec={assetList} fixed={fixed} />,
    },
  ].filter(({ may }) => may);
  const shown = lists.find(({ id }) => id === tab);
  return (
    <Loaded query={useQuery(systemQuery(systemId))} whole>
      {({ system, topWeaknesses }) => (
        <div className={styles['fill']}>
          <div className={styles['page']}>
            <DetailHead
              parent={{ to: '/systems', title: words.title }}
              title={system.name}
              marks={<Marks of={system} />}
            />
            <Tabs
              base={recordPath('system', systemId)}
              tabs={[{ id: 'overview', title: 'Overview' }, ...lists.map(({ id, title }) => ({ id, title }))]}
              current={shown?.id ?? 'overview'}
            />
          </div>
          {shown ? (
            <div key={shown.id} className={styles['tabList']}>
              {shown.list}
            </div>
          ) : (
            <Overview of={system} top={topWeaknesses} />
          )}
        </div>
      )}
    </Loaded>
  );
};
