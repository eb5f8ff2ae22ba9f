import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { Permission } from '../../../../src/canonical/access/index.ts';
import {
  countsOf,
  type SystemDetail,
  systemHistoryQuery,
  systemQuery,
  type SystemRow,
} from '../../api/systems.ts';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Tabs } from '../../kit/detail/tabs.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { SeverityMark } from '../../kit/marks/severity.tsx';
import { Age, At, Ends, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import type { Search } from '../../kit/search.ts';
import { RecordStatements } from '../../kit/record-statements.tsx';
import { useMay } from '../../shell/use-session.ts';
import { assetList } from '../assets/asset-list.tsx';
import { findingList } from '../findings/finding-list.tsx';
import { FieldsTable, Where } from '../poams/fields-table.tsx';
import { ChangesTable } from '../poams/poam-history.tsx';
import { poamList } from '../poams/poam-list.tsx';
import { BoundaryTab } from './boundary/boundary-tab.tsx';
import { ComponentsTab } from './components-tab.tsx';
import { ControlsTab } from './controls-tab.tsx';
import { PoliciesTab } from './policies-tab.tsx';
import own from './system.module.css';
import { WaitsTab } from './waits-tab.tsx';
import { bucketWords, syncWords, words } from './words.ts';

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

/** A number that is the count of a list, and leads to it where one may see the list. */
const Tile = ({
  title,
  count,
  to,
  search,
  permission,
  tone = '',
}: {
  readonly title: ReactNode;
  readonly count: number;
  readonly to: string;
  readonly search: Search;
  readonly permission: Permission;
  readonly tone?: string;
}) => {
  const content = (
    <>
      <span className={`${own['figure']} ${count === 0 ? 'quiet' : tone}`}>{count.toLocaleString('en')}</span>
      <span>{title}</span>
    </>
  );
  return useMay(permission) ? (
    <Link to={to} search={search} className={own['tile'] ?? ''}>
      {content}
    </Link>
  ) : (
    <span className={own['tile']}>{content}</span>
  );
};

const severities = ['Critical', 'High', 'Medium', 'Low'] as const;

const Exposure = ({ of }: { readonly of: SystemRow }) => {
  const system = of.systemId;
  return (
    <div className={own['numbers']}>
      {severities.map((severity) => (
        <Tile
          key={severity}
          title={<SeverityMark of={severity} />}
          count={countsOf(of)[severity]}
          to="/findings"
          search={{ system, severity: severity.toLowerCase(), state: 'open,reopened', accepted: 'no' }}
          permission="finding:read"
        />
      ))}
      <Tile title="Assets" count={of.assets} to="/assets" search={{ system }} permission="asset:read" />
    </div>
  );
};

const Promised = ({ of }: { readonly of: SystemDetail }) => {
  const system = of.system.systemId;
  return (
    <div className={own['numbers']}>
      <Tile
        title="Open"
        count={of.system.poams.open}
        to="/poams"
        search={{ system, open: 'yes' }}
        permission="poam:read"
      />
      {of.board.map(({ bucket, filter, count }) => (
        <Tile
          key={bucket}
          title={bucketWords[bucket] ?? bucket}
          count={count}
          to="/poams"
          search={{ system, ...filter }}
          permission="poam:read"
          tone={bucket === 'overdue' ? 'bad' : ''}
        />
      ))}
    </div>
  );
};

const Overview = ({ of }: { readonly of: SystemDetail }) => {
  const { system } = of;
  return (
    <>
      <RecordStatements entity="systems" id={system.systemId} />
      <Section title="Open findings and assets">
        <Exposure of={system} />
      </Section>
      <Section title="POA&Ms by when they are due">
        <Promised of={of} />
      </Section>
      <Section title="Authorization">
        <Facts
          of={[
            ['Status', system.status],
            ['Ends', <Ends key="ends" on={system.authorizationEnds} withDay />],
            ['Confidentiality', system.impact.confidentiality],
            ['Integrity', system.impact.integrity],
            ['Availability', system.impact.availability],
            ['ISSO', system.isso],
            ['Authorizing official', system.authorizingOfficial],
            ['Oldest critical', <Age key="oldest" since={system.severeSince} />],
            [
              'Components',
              `${system.components.linked} of ${system.components.all} matched`,
              'Components that are matched to an asset',
            ],
            [
              'Ids elsewhere',
              Object.entries(system.externalIds)
                .map(([connection, id]) => `${connection} ${id}`)
                .join(', ') || null,
            ],
            ['Tag at the scanner', system.scannerTag, 'The id of the tag that its machines bear there'],
            ['Last scan', <At key="scan" at={system.lastScan} />],
            [
              'Sync',
              system.sync.isOn
                ? 'on'
                : `off${system.sync.why === null ? '' : `: ${syncWords[system.sync.why]}`}`,
            ],
            ['Last sync', <At key="sync" at={system.lastSync} />],
          ]}
        />
      </Section>
      <Section title="Weaknesses on most assets">
        <TopWeaknesses of={of.topWeaknesses} />
      </Section>
    </>
  );
};

/** The record of the system itself, here and there; it is edited in the GRC system. */
const Fields = ({ of }: { readonly of: SystemDetail }) => (
  <>
    {of.remotes.length === 0 ? (
      <p className="quiet">It is not linked to a record of a GRC system.</p>
    ) : (
      <Where of={of.remotes} />
    )}
    <FieldsTable fields={of.fields} />
  </>
);

const History = ({ systemId }: { readonly systemId: string }) => (
  <Loaded query={useQuery(systemHistoryQuery(systemId))}>
    {({ items }) => <ChangesTable items={items} />}
  </Loaded>
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

const Tab = ({ id, detail }: { readonly id: string; readonly detail: SystemDetail }) => {
  const { systemId } = detail.system;
  const fixed = useMemo(() => ({ system: systemId }), [systemId]);
  switch (id) {
    case 'waits':
      return <WaitsTab systemId={systemId} of={detail} />;
    case 'poams':
      return <ListPage spec={poamList} fixed={fixed} />;
    case 'findings':
      return <ListPage spec={findingList} fixed={fixed} />;
    case 'assets':
      return <ListPage spec={assetList} fixed={fixed} />;
    case 'components':
      return <ComponentsTab systemId={systemId} counts={detail.components} />;
    case 'boundary':
      return <BoundaryTab systemId={systemId} />;
    case 'controls':
      return <ControlsTab systemId={systemId} />;
    case 'policies':
      return <PoliciesTab systemId={systemId} name={detail.system.name} />;
    case 'fields':
      return <Fields of={detail} />;
    case 'history':
      return <History systemId={systemId} />;
    default:
      return <Overview of={detail} />;
  }
};

const lists: ReadonlySet<string> = new Set(['poams', 'findings', 'assets']);

export const SystemPage = () => {
  const { systemId = '', tab } = useParams({ strict: false });
  const [seesPoams, seesFindings, seesAssets] = [
    useMay('poam:read'),
    useMay('finding:read'),
    useMay('asset:read'),
  ];
  const tabs = [
    { id: 'overview', title: 'Overview' },
    { id: 'waits', title: 'What waits' },
    ...(seesPoams ? [{ id: 'poams', title: 'POA&Ms' }] : []),
    ...(seesFindings ? [{ id: 'findings', title: 'Findings' }] : []),
    ...(seesAssets
      ? [
          { id: 'assets', title: 'Assets' },
          { id: 'components', title: 'Components' },
          { id: 'boundary', title: 'Boundary' },
        ]
      : []),
    { id: 'controls', title: 'Controls' },
    { id: 'policies', title: 'Policies' },
    { id: 'fields', title: 'Both sides' },
    { id: 'history', title: 'History' },
  ];
  const current = tabs.find(({ id }) => id === tab)?.id ?? 'overview';
  return (
    <Loaded query={useQuery(systemQuery(systemId))} whole>
      {(detail) => (
        <div className={styles['fill']}>
          <div className={styles['page']}>
            <DetailHead
              parent={{ to: '/systems', title: words.title }}
              title={detail.system.name}
              marks={<Marks of={detail.system} />}
            />
            <Tabs base={recordPath('system', systemId)} tabs={tabs} current={current} />
          </div>
          <div key={current} className={lists.has(current) ? styles['tabList'] : styles['tabBody']}>
            <Tab id={current} detail={detail} />
          </div>
        </div>
      )}
    </Loaded>
  );
};
