import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { FindingDetail } from '../../api/findings.ts';
import { findingHistoryQuery, findingQuery } from '../../api/findings.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { type Fact, Facts, Prose, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { SeverityMark } from '../../kit/marks/severity.tsx';
import { At, Due, When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { assetName } from './finding-list.tsx';
import { WorkSection } from './work-section.tsx';
import { eventWords, poamWords, stateWords, words } from './words.ts';

const Marks = ({ of }: { readonly of: FindingDetail }) => (
  <>
    <SeverityMark of={of.severity} />
    <span className={of.state === 'reopened' ? 'attention' : of.state === 'fixed' ? 'good' : ''}>
      {stateWords[of.state]}
      {of.isAccepted ? ', accepted' : ''}
    </span>
    <span>
      <span className="quiet">on </span>
      <RecordLink kind="asset" id={of.assetUuid}>
        {assetName(of)}
      </RecordLink>
    </span>
    {of.dueOn === null ? null : (
      <span>
        <span className="quiet">due </span>
        <Due by={of.dueOn} settled={of.state === 'fixed'} withDay />
      </span>
    )}
  </>
);

const LifeLine = ({ findingKey }: { readonly findingKey: string }) => (
  <Loaded query={useQuery(findingHistoryQuery(findingKey))}>
    {({ items }) => (
      <ol className={styles['timeline']}>
        {items.map((event) => (
          <li key={`${event.at} ${event.kind}`} data-concluded={event.concluded}>
            <At at={event.at} />
            <span>
              <span className="strong">{eventWords[event.kind]}</span>
              {event.source === null ? '' : ` by ${event.source}`}
              {event.concluded ? <span className="quiet"> · {words.concluded}</span> : null}
              {event.note === null ? null : <span className="quiet"> · {event.note}</span>}
            </span>
          </li>
        ))}
      </ol>
    )}
  </Loaded>
);

const BySource = ({ of }: { readonly of: FindingDetail }) => (
  <>
    {of.severityBySource.map(({ source, severity, lastSeen }) => (
      <div key={source}>
        {source}: {severity}, seen <When at={lastSeen} />
      </div>
    ))}
  </>
);

const RecordLinks = ({
  kind,
  ids,
}: {
  readonly kind: 'system' | 'poam';
  readonly ids: readonly string[];
}) => (
  <>
    {ids.map((id) => (
      <div key={id}>
        <RecordLink kind={kind} id={id}>
          {id}
        </RecordLink>
      </div>
    ))}
  </>
);

const Cves = ({ of }: { readonly of: readonly string[] }) => (
  <>
    {of.map((cve) => (
      <div key={cve}>
        <Link to="/findings" search={{ cve }}>
          {cve}
        </Link>
      </div>
    ))}
  </>
);

const factsOf = (of: FindingDetail): readonly Fact[] => [
  [
    'Plugin',
    <RecordLink key="plugin" kind="plugin" id={of.pluginId}>
      {of.pluginId}
    </RecordLink>,
  ],
  ['Family', of.family],
  ['System', of.systemIds.length === 0 ? 'in no system' : <RecordLinks kind="system" ids={of.systemIds} />],
  ['Port', of.port === null || of.port === 0 ? null : `${of.port}/${of.protocol ?? ''}`],
  ['First found', <At key="first" at={of.firstFound} />],
  ['Last seen', <At key="last" at={of.lastSeen} />],
  ['Came back', of.timesCameBack === 0 ? 'never' : `${of.timesCameBack}×`],
  ['POA&M', of.poamId === null ? null : <RecordLinks kind="poam" ids={[of.poamId]} />],
  ['POA&M state', of.poamState === null ? null : poamWords[of.poamState]],
  ['By source', of.severityBySource.length === 0 ? null : <BySource of={of} />],
  ['Control', of.controls.join(', ')],
  ['VPR', of.vpr?.toFixed(1), 'Tenable’s rating of how likely it is to be exploited, 0 to 10'],
  ['EPSS', of.epss?.toFixed(2), 'The chance that it is exploited within 30 days, 0 to 1 (FIRST.org)'],
  ['CVSS', of.cvss?.toFixed(1)],
  ['Exploit', of.hasExploit === null ? null : of.hasExploit ? 'available' : 'none known'],
  ['CVEs', of.cves.length === 0 ? null : <Cves of={of.cves} />],
];
const Output = ({ text }: { readonly text: string }) => (
  <Section title="Output of the scanner">
    <div style={{ position: 'relative' }}>
      <pre className={styles['output']} tabIndex={0} aria-label="Output of the scanner">
        {text}
      </pre>
      <div style={{ position: 'absolute', top: 4, right: 16 }}>
        <CopyButton text={text} what="the output" />
      </div>
    </div>
  </Section>
);

const Parts = ({ of, narrow }: { readonly of: FindingDetail; readonly narrow: boolean }) => (
  <>
    <Facts {...(narrow ? { columns: 1 as const } : {})} of={factsOf(of)} />
    {of.sameElsewhere > 0 ? (
      <p style={{ marginTop: 12 }}>
        <Link to="/findings" search={{ plugin: of.pluginId, state: 'open,reopened' }}>
          {words.sameElsewhere(of.sameElsewhere)}
        </Link>
      </p>
    ) : null}
    {of.output === null ? null : <Output text={of.output} />}
    {of.solution === null ? null : (
      <Section title="Solution">
        <Prose text={of.solution} />
      </Section>
    )}
    {of.description === null ? null : (
      <Section title="Description">
        <Prose text={of.description} />
      </Section>
    )}
    <WorkSection findingKey={of.key} isFixed={of.state === 'fixed'} />
    <Section title="Its life">
      <LifeLine findingKey={of.key} />
    </Section>
    {of.references.length === 0 ? null : (
      <Section title="References">
        {of.references.map((reference) => (
          <div key={reference} className="mono">
            {reference}
          </div>
        ))}
      </Section>
    )}
  </>
);

export const FindingPage = () => {
  const { findingKey = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const query = useQuery(findingQuery(findingKey));
  if (from === 'list')
    return (
      <Drawer title="Finding" list="/findings">
        <Loaded query={query}>
          {(finding) => (
            <div className={styles['page']}>
              <h2>{finding.name}</h2>
              <div className={styles['marks']} style={{ marginBottom: 12 }}>
                <Marks of={finding} />
              </div>
              <Parts of={finding} narrow />
            </div>
          )}
        </Loaded>
      </Drawer>
    );
  return (
    <Loaded query={query} whole>
      {(finding) => (
        <div className={styles['page']}>
          <DetailHead
            parent={{ to: '/findings', title: words.title }}
            title={finding.name}
            marks={<Marks of={finding} />}
          />
          <Parts of={finding} narrow={false} />
        </div>
      )}
    </Loaded>
  );
};
