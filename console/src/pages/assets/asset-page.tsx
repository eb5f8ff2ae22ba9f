import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type AssetRow, assetQuery } from '../../api/assets.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Tabs } from '../../kit/detail/tabs.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { SeverityCounts, severitiesWorstFirst } from '../../kit/marks/severity.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { findingList } from '../findings/finding-list.tsx';
import { poamList } from '../poams/poam-list.tsx';
import { assetTitle, countsOf } from './asset-list.tsx';
import { stateWords, words } from './words.ts';

const Overview = ({ of }: { readonly of: AssetRow }) => (
  <div className={styles['tabBody']}>
    <Section title="What it is">
      <Facts
        of={[
          ['Names', of.fqdns.length === 0 ? of.name : of.fqdns.join(', ')],
          [
            'Addresses',
            <span key="ips" className="mono">
              {of.ips.join(', ')}
            </span>,
          ],
          ['Operating system', of.operatingSystem],
          ['Component', of.componentId, 'What the GRC system calls this machine'],
          ['Agent', of.hasAgent === null ? 'unknown' : of.hasAgent ? 'yes' : 'no'],
          ['Reported by', of.sources.join(', ')],
          ['First seen', <At key="first" at={of.firstSeen} />],
          ['Last seen', <At key="last" at={of.lastSeen} />],
          ['ACR', of.acr, 'Tenable’s asset criticality rating, 1 to 10'],
        ]}
      />
    </Section>
    <Section title="Business">
      <Facts
        of={[
          ['Criticality', of.criticality, 'How much the mission depends on it'],
          ['Environment', of.environment],
          ['Tags', of.tags.map((tag) => <div key={tag}>{tag}</div>)],
        ]}
      />
    </Section>
  </div>
);

const Marks = ({ of }: { readonly of: AssetRow }) => (
  <>
    <span className={of.state === 'reported' ? '' : 'attention'}>{stateWords[of.state]}</span>
    <span>
      <span className="quiet">seen </span>
      <When at={of.lastSeen} />
    </span>
    <span>
      <span className="quiet">{of.systemIds.length > 1 ? 'systems ' : 'system '}</span>
      {of.systemIds.length === 0
        ? 'none'
        : of.systemIds.map((id) => (
            <RecordLink key={id} kind="system" id={id}>
              {id}{' '}
            </RecordLink>
          ))}
    </span>
    <span>
      <span className="quiet">open </span>
      <SeverityCounts counts={countsOf(of)} shown={severitiesWorstFirst} />
    </span>
    <span className="quiet mono">
      {of.assetUuid} <CopyButton text={of.assetUuid} what="the id" />
    </span>
  </>
);

export const AssetPage = () => {
  const { assetUuid = '', tab } = useParams({ strict: false });
  const fixed = useMemo(() => ({ asset: assetUuid, system: undefined }), [assetUuid]);
  const seesFindings = useMay('finding:read');
  const seesPoams = useMay('poam:read');
  const tabs = [
    { id: 'overview', title: 'Overview' },
    ...(seesFindings ? [{ id: 'findings', title: 'Findings' }] : []),
    ...(seesPoams ? [{ id: 'poams', title: 'POA&Ms' }] : []),
  ];
  const current = tabs.find(({ id }) => id === tab)?.id ?? 'overview';
  return (
    <Loaded query={useQuery(assetQuery(assetUuid))} whole>
      {(asset) => (
        <div className={styles['fill']}>
          <div className={styles['page']}>
            <DetailHead
              parent={{ to: '/assets', title: words.title }}
              title={assetTitle(asset)}
              marks={<Marks of={asset} />}
            />
            <Tabs base={recordPath('asset', assetUuid)} tabs={tabs} current={current} />
          </div>
          {current === 'overview' ? <Overview of={asset} /> : null}
          {current === 'findings' ? (
            <div className={styles['tabList']}>
              <ListPage spec={findingList} fixed={fixed} />
            </div>
          ) : null}
          {current === 'poams' ? (
            <div className={styles['tabList']}>
              <ListPage spec={poamList} fixed={fixed} />
            </div>
          ) : null}
        </div>
      )}
    </Loaded>
  );
};
