/** One import: what became of it, file by file, and where what it brought can be seen. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { type ImportDetail, importQuery, isOpen, placesQuery } from '../../api/imports.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { type Fact, Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './imports.module.css';
import { CancelImport } from './under-way.tsx';
import { resultWords, sizeWords, states, words } from './words.ts';

type OneFile = ImportDetail['files'][number];

const State = ({ of }: { readonly of: ImportDetail }) => (
  <span className={states[of.state].tone} role="status">
    {states[of.state].text}
    {of.itemsUntilNow === null ? '' : `, ${of.itemsUntilNow.toLocaleString('en')} items read`}
  </span>
);

const Waits = () => {
  const workers = useQuery({ ...placesQuery, refetchInterval: 5000 }).data?.workers;
  return workers === 0 ? (
    <p className="attention" role="status">
      No worker is running, so it stands still. Start one: <code>tieline worker</code>, or{' '}
      <code>tieline serve --worker</code>. It is imported then by itself.
    </p>
  ) : null;
};

/** Why nothing of it was imported, the place in the file, and what to do. */
const Fault = ({ of: { fault } }: { readonly of: ImportDetail }) =>
  fault === null ? null : (
    <Section title="Why">
      <p role="alert">
        {fault.message} <span className="quiet mono">{fault.code}</span>
      </p>
      {fault.fields?.map(({ field, message }) => (
        <p key={field}>
          {field}: {message}
        </p>
      ))}
      {fault.remedy === undefined ? null : <p>{fault.remedy}</p>}
    </Section>
  );

const remedies: Readonly<Partial<Record<OneFile['outcome'], string>>> = {
  refused:
    'Nothing of it was imported. Export or copy the file again and send it again; to keep the hosts that are whole, tick “Of a broken file, keep the hosts that are whole”.',
  partial:
    'The hosts before that place were imported. Export or copy the file again and send it again for the rest.',
};

const Links = ({ of }: { readonly of: OneFile }) => {
  const seesFindings = useMay('finding:read');
  const { operationId } = of;
  if (operationId === undefined) return null;
  return (
    <ul className={styles['links']}>
      {seesFindings && of.outcome !== 'refused' ? (
        <>
          <li>
            <Link to="/findings" search={{ operation: operationId, severity: 'Critical,High' }}>
              Critical and high findings that it brought or changed
            </Link>
          </li>
          <li>
            <Link to="/findings" search={{ operation: operationId }}>
              All findings that it brought, changed or found fixed
            </Link>
          </li>
        </>
      ) : null}
      <li>
        <RecordLink kind="operation" id={operationId}>
          {of.counts.failed > 0
            ? `The ${of.counts.failed.toLocaleString('en')} held, each with its reason`
            : of.outcome === 'already imported'
              ? 'The import of then'
              : 'Its operation'}
        </RecordLink>
      </li>
    </ul>
  );
};

const FileResult = ({ of, title }: { readonly of: OneFile; readonly title: string }) => {
  const brought = resultWords({ ...of, held: of.counts.failed });
  return (
    <Section title={title}>
      <p>
        <span className={states[of.outcome].tone}>{states[of.outcome].text}</span>
        {brought === '' ? '. ' : `: ${brought}`}
        {of.openPorts > 0 ? (
          <span className="quiet"> · {of.openPorts.toLocaleString('en')} open ports without a finding</span>
        ) : null}
        {brought === '' && of.problem === undefined ? states[of.outcome].meaning : null}
      </p>
      {of.problem === undefined ? null : (
        <>
          <p className="bad" role="alert">
            {of.problem}
          </p>
          {of.code === undefined ? <p>{remedies[of.outcome]}</p> : null}
        </>
      )}
      {of.heldBecause.length === 0 ? null : (
        <ul>
          {of.heldBecause.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <Links of={of} />
    </Section>
  );
};

const factsOf = (of: ImportDetail): readonly Fact[] => [
  ['Brought', <At key="at" at={of.requestedAt} />],
  ['By', `${of.by}${of.way === 'command' ? ', at the machine' : ''}`],
  ['Source', of.source, 'The network or scanner that the file is filed under'],
  ['Ended', of.endedAt === null ? 'not yet' : <At key="ended" at={of.endedAt} />],
  [
    'Size',
    of.bytes === null
      ? null
      : of.bytes < 1000
        ? sizeWords(of.bytes)
        : `${sizeWords(of.bytes)} (${of.bytes.toLocaleString('en')} bytes)`,
  ],
  [
    'SHA-256',
    of.sha256 === null ? null : (
      <span key="sha" className="mono">
        {of.sha256} <CopyButton text={of.sha256} what="SHA-256" />
      </span>
    ),
    'Of the file as it arrived: compare it with what left the other side',
  ],
];

const Body = ({ of }: { readonly of: ImportDetail }) => (
  <>
    {isOpen(of) ? <Waits /> : null}
    {of.files.length === 0 ? <p className="quiet">{states[of.state].meaning}</p> : null}
    <Fault of={of} />
    {of.files.map((each) => (
      <FileResult key={each.file} of={each} title={of.files.length === 1 ? 'Result' : each.file} />
    ))}
    <Section title="The file">
      <Facts of={factsOf(of)} columns={1} />
    </Section>
  </>
);

const Actions = ({ of }: { readonly of: ImportDetail }) => {
  const may = useMay('import:write');
  return may && isOpen(of) ? <CancelImport id={of.id} /> : null;
};

export const ImportPage = () => {
  const { importId = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const query = useQuery(importQuery(importId));
  if (from === 'list')
    return (
      <Drawer title="Import" list="/imports">
        <Loaded query={query}>
          {(of) => (
            <div className={detail['page']}>
              <h2>{of.file}</h2>
              <div className={detail['marks']}>
                <State of={of} />
                <Actions of={of} />
              </div>
              <Body of={of} />
            </div>
          )}
        </Loaded>
      </Drawer>
    );
  return (
    <Loaded query={query} whole>
      {(of) => (
        <div className={detail['page']}>
          <DetailHead
            parent={{ to: '/imports', title: words.title }}
            title={of.file}
            marks={<State of={of} />}
            actions={<Actions of={of} />}
          />
          <Body of={of} />
        </div>
      )}
    </Loaded>
  );
};
