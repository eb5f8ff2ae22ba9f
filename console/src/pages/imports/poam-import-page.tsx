/** One file of POA&Ms: what it would change, field by field, and the rows that are held, by sheet and cell. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import {
  approvePoamImport,
  discardPoamImport,
  type PoamImport,
  poamImportQuery,
} from '../../api/work/poam-imports.ts';
import { queryClient } from '../../api/http/query-client.ts';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { tell, tellProblem } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { poamStates } from './poam-files.tsx';
import { sizeWords, words } from './words.ts';

type Item = NonNullable<PoamImport['plan']>['items'][number];

const kinds: Readonly<Record<Item['kind'], string>> = {
  create: 'New',
  link: 'Known here',
  update: 'Changed',
  missing: 'Gone from the file',
  conflict: 'Conflict: changed on both sides',
};
const valueText = (value: Item['before']): string =>
  value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);

/** A milestone is known by its POA&M and a number or uuid of its own, behind a slash. */
const poamOf = ({ record }: Item): string => record.replace(/\/[^/]+$/, '');
/** Each POA&M before its milestones. */
const byPoam = (a: Item, b: Item): number => {
  const [one, other] = [a, b].map((each) => (each.entity === 'milestone' ? poamOf(each) : each.record));
  return (
    (one ?? '').localeCompare(other ?? '') ||
    Number(a.entity === 'milestone') - Number(b.entity === 'milestone')
  );
};

const Change = ({ of }: { readonly of: Item }) => (
  <tr>
    <td>{kinds[of.kind]}</td>
    <td>{of.entity === 'milestone' ? `Milestone of ${poamOf(of)}` : of.record}</td>
    <td>{of.field?.replaceAll('_', ' ') ?? ''}</td>
    <td>{of.kind === 'update' || of.kind === 'conflict' ? valueText(of.before) : ''}</td>
    <td>{of.kind === 'update' || of.kind === 'conflict' ? valueText(of.after) : (of.title ?? '')}</td>
  </tr>
);

const shownMost = 500;

const Changes = ({ of }: { readonly of: PoamImport }) => {
  const items = (of.plan?.items ?? []).toSorted(byPoam);
  if (items.length === 0) return null;
  return (
    <Section title={of.state === 'planned' ? 'What it would change' : 'What it changed'}>
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Record</th>
            <th scope="col">Field</th>
            <th scope="col">Here</th>
            <th scope="col">In the file</th>
          </tr>
        </thead>
        <tbody>
          {items.slice(0, shownMost).map((item) => (
            <Change key={`${item.entity} ${item.record} ${item.kind} ${item.field ?? ''}`} of={item} />
          ))}
        </tbody>
      </table>
      {items.length > shownMost ? <p className="quiet">and {items.length - shownMost} more</p> : null}
    </Section>
  );
};

const Held = ({ of: { heldRows } }: { readonly of: PoamImport }) =>
  heldRows.length === 0 ? null : (
    <Section title={`Held rows (${heldRows.length})`}>
      <p>These rows are not imported until the file is corrected and brought again; the others are.</p>
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Sheet and cell</th>
            <th scope="col">POA&amp;M</th>
            <th scope="col">Rule</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {heldRows.map((row) => (
            <tr key={`${row.sheet}!${row.cell} ${row.rule}`}>
              <td>{row.cell.startsWith('/') ? row.cell : `${row.sheet}, ${row.cell}`}</td>
              <td style={{ whiteSpace: 'nowrap' }}>{row.record === '' ? '–' : row.record}</td>
              <td>{row.rule}</td>
              <td>{row.remedy}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );

const Actions = ({ of }: { readonly of: PoamImport }) => {
  const may = useMay('poam:write');
  const settled = (done: PoamImport): void => {
    queryClient.setQueryData(['poam-imports', done.id], done);
    void queryClient.invalidateQueries({ queryKey: ['poam-imports'], exact: true });
    void queryClient.invalidateQueries({ queryKey: ['list'] });
    tell(done.state === 'imported' ? `${done.file} was imported.` : `${done.file} was discarded.`);
  };
  const approve = useMutation({
    mutationFn: () => approvePoamImport(of.id),
    onSuccess: settled,
    onError: (error) => tellProblem('It was not imported', error),
  });
  const discard = useMutation({
    mutationFn: () => discardPoamImport(of.id),
    onSuccess: settled,
    onError: (error) => tellProblem('It was not discarded', error),
  });
  if (!may || of.state !== 'planned') return null;
  return (
    <>
      <Button loading={approve.isPending} onClick={() => approve.mutate()}>
        Approve
      </Button>
      <Button variant="default" loading={discard.isPending} onClick={() => discard.mutate()}>
        Discard
      </Button>
    </>
  );
};

const Summary = ({ of: { plan, state } }: { readonly of: PoamImport }) =>
  plan === null ? null : (
    <p>
      {plan.counts.created} new, {plan.counts.updated} changed, {plan.counts.unchanged} unchanged,{' '}
      {plan.counts.conflicts} conflicts, {plan.counts.missing} gone from the file, {plan.counts.held}{' '}
      {plan.counts.held === 1 ? 'row' : 'rows'} held.{' '}
      <span className="quiet">{poamStates[state].meaning}</span>
    </p>
  );

const Body = ({ of }: { readonly of: PoamImport }) => (
  <>
    <Summary of={of} />
    {of.fault === null ? null : (
      <Section title="Why">
        <p role="alert">
          {of.fault.message} <span className="quiet mono">{of.fault.code}</span>
        </p>
        {of.fault.remedy === undefined ? null : <p>{of.fault.remedy}</p>}
      </Section>
    )}
    <Held of={of} />
    <Changes of={of} />
    {(of.plan?.notes ?? []).map((note) => (
      <p key={note} className="quiet">
        {note}
      </p>
    ))}
    <Section title="The file">
      <Facts
        of={[
          ['Recognized as', of.layout],
          [
            'Boundary',
            of.boundary === null || (of.state !== 'imported' && of.state !== 'unchanged') ? (
              of.boundary // a new one is not there yet
            ) : (
              <RecordLink key="boundary" kind="system" id={of.boundary}>
                {of.boundary}
              </RecordLink>
            ),
          ],
          ['Source', of.source, 'The external system that stands for such files of the boundary'],
          ['Brought', <At key="at" at={of.broughtAt} />],
          ['By', `${of.by}${of.way === 'command' ? ', at the machine' : ''}`],
          ['Settled', of.settledAt === null ? null : <At key="settled" at={of.settledAt} />],
          ['Settled by', of.settledBy],
          [
            'Operation',
            of.operationId === null ? null : (
              <RecordLink key="operation" kind="operation" id={of.operationId}>
                Its changes in the history
              </RecordLink>
            ),
          ],
          ['Size', sizeWords(of.bytes)],
          [
            'SHA-256',
            <span key="sha" className="mono">
              {of.sha256}
            </span>,
          ],
        ]}
        columns={1}
      />
    </Section>
  </>
);

export const PoamImportPage = () => {
  const { poamImportId = '' } = useParams({ strict: false });
  const query = useQuery(poamImportQuery(poamImportId));
  return (
    <Loaded query={query} whole>
      {(of) => (
        <div className={detail['page']}>
          <DetailHead
            parent={{ to: '/imports', title: words.title }}
            title={of.file}
            marks={
              <span className={poamStates[of.state].tone} role="status">
                {poamStates[of.state].text}
              </span>
            }
            actions={<Actions of={of} />}
          />
          <Body of={of} />
        </div>
      )}
    </Loaded>
  );
};
