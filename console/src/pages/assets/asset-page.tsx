import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type AssetDetail, assetQuery } from '../../api/assets.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { type Fact, Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Tabs } from '../../kit/detail/tabs.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { SeverityCounts, severitiesWorstFirst } from '../../kit/marks/severity.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { RecordStatements } from '../../kit/record-statements.tsx';
import { useMay } from '../../shell/use-session.ts';
import { findingList } from '../findings/finding-list.tsx';
import { poamList } from '../poams/poam-list.tsx';
import { assetTitle, countsOf } from './asset-list.tsx';
import { BusinessTab } from './business-tab.tsx';
import { ComplianceTab } from './compliance-tab.tsx';
import { ExposureTab } from './exposure-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { IdentityTab } from './identity-tab.tsx';
import { RiskTab } from './risk-tab.tsx';
import { SourcesTab } from './sources-tab.tsx';
import { stateWords, words } from './words.ts';

/** What ended or is missing, and what turned out to be the same machine. */
const endOf = (of: AssetDetail): Fact[] => {
  const times = [
    ['Unreported since', of.unreportedSince],
    ['Terminated', of.terminatedAt],
    ['Deleted', of.deletedAt],
  ] as const;
  return [
    ...times.flatMap(([title, at]): Fact[] => (at === null ? [] : [[title, <At key={title} at={at} />]])),
    ...(of.absorbed.length === 0
      ? []
      : [['Merged into it', `${of.absorbed.length} other records`] satisfies Fact]),
  ];
};

/** A tag, with the workflow that set it. */
const TagOf = ({ tag, of }: { readonly tag: string; readonly of: AssetDetail }) => {
  const by = of.workflowTags.find(({ category, value }) => `${category}:${value}` === tag);
  return (
    <div>
      {tag}
      {by && (
        <span>
          {' '}
          by workflow {by.workflow}, <When at={by.taggedAt} />
        </span>
      )}
    </div>
  );
};

const Business = ({ of }: { readonly of: AssetDetail }) => (
  <Section title="Business">
    <Facts
      of={[
        ['Criticality', of.criticality, 'How much the mission depends on it'],
        ['Environment', of.environment],
        ['Business owner', of.businessOwner],
        ['Technical owner', of.technicalOwner],
        ['Tags', of.tags.map((tag) => <TagOf key={tag} tag={tag} of={of} />)],
      ]}
    />
  </Section>
);

const Overview = ({ of }: { readonly of: AssetDetail }) => (
  <>
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
          [
            'Component',
            of.component === null ? (
              of.componentId
            ) : (
              <span key="component">
                {of.component.name} <span className="quiet mono">{of.component.id}</span> in{' '}
                <RecordLink kind="system" id={of.component.systemId}>
                  {of.component.systemId}
                </RecordLink>
              </span>
            ),
            'What the GRC system calls this machine',
          ],
          ['NetBIOS name', of.netbiosName],
          ['Agent', of.hasAgent === null ? 'unknown' : of.hasAgent ? 'yes' : 'no'],
          ['Reported by', of.sources.join(', ')],
          ['First seen', <At key="first" at={of.firstSeen} />],
          ['Last seen', <At key="last" at={of.lastSeen} />],
          [
            'ACR',
            of.acrOverride === null ? of.acr : `${of.acrOverride}, set here (rated ${of.acrRated ?? 'not'})`,
            'Tenable’s asset criticality rating, 1 to 10',
          ],
          [
            'Last scan with credentials',
            <At key="credentials" at={of.lastCredentialedScan} />,
            'Only scan files say so',
          ],
          ...endOf(of),
        ]}
      />
    </Section>
    <Business of={of} />
    <RecordStatements entity="assets" id={of.assetUuid} />
  </>
);

const Marks = ({ of }: { readonly of: AssetDetail }) => (
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

const Tab = ({ id, asset }: { readonly id: string; readonly asset: AssetDetail }) => {
  const { assetUuid } = asset;
  const fixed = useMemo(() => ({ asset: assetUuid, system: undefined }), [assetUuid]);
  switch (id) {
    case 'exposure':
      return <ExposureTab of={asset} />;
    case 'risk':
      return <RiskTab assetUuid={assetUuid} />;
    case 'findings':
      return <ListPage spec={findingList} fixed={fixed} />;
    case 'poams':
      return <ListPage spec={poamList} fixed={fixed} />;
    case 'sources':
      return <SourcesTab assetUuid={assetUuid} />;
    case 'identity':
      return <IdentityTab assetUuid={assetUuid} />;
    case 'business':
      return <BusinessTab assetUuid={assetUuid} />;
    case 'compliance':
      return <ComplianceTab assetUuid={assetUuid} />;
    case 'history':
      return <HistoryTab assetUuid={assetUuid} />;
    default:
      return <Overview of={asset} />;
  }
};

export const AssetPage = () => {
  const { assetUuid = '', tab } = useParams({ strict: false });
  const seesFindings = useMay('finding:read');
  const seesPoams = useMay('poam:read');
  const tabs = [
    { id: 'overview', title: 'Overview' },
    ...(seesFindings
      ? [
          { id: 'risk', title: 'Risk' },
          { id: 'exposure', title: 'Exposure' },
          { id: 'findings', title: 'Findings' },
        ]
      : []),
    ...(seesPoams ? [{ id: 'poams', title: 'POA&Ms' }] : []),
    { id: 'sources', title: 'Sources' },
    { id: 'identity', title: 'Who is who' },
    { id: 'business', title: 'Business' },
    ...(seesFindings ? [{ id: 'compliance', title: 'Compliance' }] : []),
    { id: 'history', title: 'History' },
  ];
  const current = tabs.find(({ id }) => id === tab)?.id ?? 'overview';
  const isList = current === 'findings' || current === 'poams';
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
          <div key={current} className={isList ? styles['tabList'] : styles['tabBody']}>
            <Tab id={current} asset={asset} />
          </div>
        </div>
      )}
    </Loaded>
  );
};
