import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type PoamDetail, poamQuery, type PoamRow } from '../../api/poams.ts';
import { deciderWords } from '../../kit/decider.ts';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { Facts } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Tabs } from '../../kit/detail/tabs.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { AgreementMark } from '../../kit/marks/agreement.tsx';
import { SeverityWord } from '../../kit/marks/severity.tsx';
import { Due, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { RecordStatements } from '../../kit/record-statements.tsx';
import { useMay } from '../../shell/use-session.ts';
import { HeldBack, PoamDeviations } from '../deviations/poam-deviations.tsx';
import { findingList } from '../findings/finding-list.tsx';
import { EvidenceTab } from './life/evidence-tab.tsx';
import { MoveButtons } from './life/moves.tsx';
import { LateMark } from './life/obligation.tsx';
import { PoamWaits } from './life/poam-waits.tsx';
import { StoryTab } from './life/story-tab.tsx';
import { WhyTab } from './life/why-tab.tsx';
import { BothSides } from './both-sides.tsx';
import { PoamHistory } from './poam-history.tsx';
import { MilestonesTab } from './milestones-tab.tsx';
import { MilestonesTable } from './milestones-table.tsx';
import { AssetsTable, WeaknessesTable } from './poam-parts.tsx';
import { words } from './words.ts';
import { WorkSummary } from '../findings/work-summary.tsx';

const Marks = ({ of }: { readonly of: PoamRow }) => (
  <>
    <span className="mono quiet">{of.poamId}</span>
    <SeverityWord of={of.severity} />
    <span>{of.status}</span>
    <span>
      <span className="quiet">due </span>
      <Due by={of.due} settled={!of.isOpen} withDay />
    </span>
    <LateMark of={of} />
    {of.approval === null ? null : (
      <span>
        <span className="quiet">newest request </span>
        {of.approval}
      </span>
    )}
    {of.systemId === null ? null : (
      <span>
        <span className="quiet">system </span>
        <RecordLink kind="system" id={of.systemId}>
          {of.systemName ?? of.systemId}
        </RecordLink>
      </span>
    )}
    <AgreementMark of={of.agreement} />
  </>
);

const Summary = ({ of }: { readonly of: PoamRow }) => (
  <Facts
    columns={1}
    of={[
      ['Owner', of.owner],
      ['Control', of.control],
      ['Obliged by', of.obligedBy],
      ['Findings', `${of.findings.open} open of ${of.findings.all}`],
      ['Milestones', `${of.milestones.done} of ${of.milestones.all} completed`],
      ['Assets', of.assets],
      ['Risk that remains', of.residualRisk],
      [
        'Last change',
        of.changed === null ? null : (
          <>
            <When at={of.changed.at} /> by {deciderWords(of.changed.by)}, {of.changed.where}
          </>
        ),
      ],
      ['Id in Xacta', of.remoteId],
    ]}
  />
);

const InDrawer = ({ detail }: { readonly detail: PoamDetail }) => (
  <div className={styles['page']}>
    <h2>{detail.poam.weakness ?? detail.poam.poamId}</h2>
    <div className={styles['marks']} style={{ marginBottom: 12 }}>
      <Marks of={detail.poam} />
    </div>
    <Summary of={detail.poam} />
    <h3 style={{ marginTop: 16 }}>Milestones</h3>
    <MilestonesTable of={detail} />
  </div>
);

const Tab = ({ id, detail }: { readonly id: string; readonly detail: PoamDetail }) => {
  const { poamId } = detail.poam;
  const fixed = useMemo(() => ({ poam: poamId, system: undefined }), [poamId]);
  switch (id) {
    case 'weaknesses':
      return (
        <>
          <WeaknessesTable of={detail} />
          <WorkSummary poamId={poamId} />
        </>
      );
    case 'milestones':
      return <MilestonesTab of={detail} />;
    case 'deviations':
      return <PoamDeviations of={detail} />;
    case 'evidence':
      return <EvidenceTab of={detail} />;
    case 'assets':
      return <AssetsTable of={detail} />;
    case 'findings':
      return <ListPage spec={findingList} fixed={fixed} />;
    case 'why':
      return <WhyTab poamId={poamId} />;
    case 'story':
      return <StoryTab poamId={poamId} />;
    case 'history':
      return <PoamHistory poamId={poamId} />;
    default:
      return <BothSides detail={detail} />;
  }
};

const WholePage = ({ detail }: { readonly detail: PoamDetail }) => {
  const { tab } = useParams({ strict: false });
  const seesFindings = useMay('finding:read');
  const { poam } = detail;
  const tabs = [
    { id: 'fields', title: 'Both sides' },
    { id: 'why', title: 'Why' },
    { id: 'weaknesses', title: 'Weaknesses', count: detail.weaknesses.length },
    ...(seesFindings ? [{ id: 'findings', title: 'Findings', count: poam.findings.all }] : []),
    { id: 'milestones', title: 'Milestones', count: detail.milestones.length },
    { id: 'deviations', title: 'Deviations' },
    { id: 'evidence', title: 'Evidence', count: detail.evidence.length },
    { id: 'assets', title: 'Assets', count: poam.assets },
    { id: 'story', title: 'Story' },
    { id: 'history', title: 'Changes' },
  ];
  const current = tabs.find(({ id }) => id === tab)?.id ?? 'fields';
  return (
    <div className={styles['fill']}>
      <div className={styles['page']}>
        <DetailHead
          parent={{ to: '/poams', title: words.title }}
          title={poam.weakness ?? poam.poamId}
          marks={
            <>
              <Marks of={poam} />
              <HeldBack of={detail} />
            </>
          }
          actions={<MoveButtons of={poam} />}
        />
        <PoamWaits of={poam} />
        <RecordStatements entity="poams" id={poam.poamId} />
        <Tabs base={recordPath('poam', poam.poamId)} tabs={tabs} current={current} />
      </div>
      <div
        key={current}
        className={['findings', 'deviations'].includes(current) ? styles['tabList'] : styles['tabBody']}
      >
        <Tab id={current} detail={detail} />
      </div>
    </div>
  );
};

export const PoamPage = () => {
  const { poamId = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const query = useQuery(poamQuery(poamId));
  if (from === 'list')
    return (
      <Drawer title="POA&M" list="/poams">
        <Loaded query={query}>{({ value }) => <InDrawer detail={value} />}</Loaded>
      </Drawer>
    );
  return (
    <Loaded query={query} whole>
      {({ value }) => <WholePage detail={value} />}
    </Loaded>
  );
};
