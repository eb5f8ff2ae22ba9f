/** What the search looked through and found, table by table, and which of it goes into the copy. */
import { Button, NativeSelect, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  leaveOut,
  type PrivacyHit,
  privacyHitsQuery,
  type PrivacyRequest,
  privacySearchQuery,
  type SearchedTable,
} from '../../api/work/privacy.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { type Fact, Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { useMay } from '../../shell/use-session.ts';
import { options } from './step-dialogs.tsx';
import { usePrivacyDone } from './use-privacy-done.ts';
import { notSearchedWords, reasonWords, tableName } from './words.ts';

type Reason = NonNullable<PrivacyHit['leftOutBecause']>;

const LeaveOutDialog = ({
  id,
  which,
  what,
  onClose,
}: {
  readonly id: number;
  readonly which: Parameters<typeof leaveOut>[1];
  readonly what: string;
  readonly onClose: () => void;
}) => {
  const [because, setBecause] = useState<Reason>('not_of_person');
  const done = usePrivacyDone();
  return (
    <ActionDialog
      title={`Leave ${what} out of the copy`}
      verb="Leave out"
      onClose={onClose}
      onRun={async () => {
        const { rows } = await leaveOut(id, which, because);
        onClose();
        await done(`${rows} ${rows === 1 ? 'row is' : 'rows are'} left out of the copy, which says why.`);
      }}
    >
      <NativeSelect
        label="Why"
        value={because}
        onChange={(event) => setBecause(event.currentTarget.value as Reason)} // one of the options
        data={options(reasonWords)}
        data-autofocus
      />
    </ActionDialog>
  );
};

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const factsOf = (row: NonNullable<PrivacyHit['row']>): readonly Fact[] =>
  Object.entries(row)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [name, valueText(value)]);

const Hit = ({
  id,
  hit,
  mayChoose,
}: {
  readonly id: number;
  readonly hit: PrivacyHit;
  readonly mayChoose: boolean;
}) => {
  const [open, setOpen] = useState(false);
  const done = usePrivacyDone();
  const isIn = hit.leftOutBecause === null;
  const takeIn = async (): Promise<void> => {
    try {
      await leaveOut(id, { hits: [hit.id] }, null);
      await done(`Row ${hit.id} is in the copy again.`);
    } catch (error) {
      tellProblem(`Row ${hit.id} was not put back into the copy`, error);
    }
  };
  return (
    <section aria-label={`Row ${hit.id}`} style={{ marginBottom: 16 }}>
      <p>
        <strong>Row {hit.id}</strong>{' '}
        {isIn ? 'in the copy' : `left out: ${reasonWords[hit.leftOutBecause ?? 'not_of_person']}`}{' '}
        {!mayChoose ? null : isIn ? (
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            Leave out…
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => void takeIn()}>
            Take in again
          </Button>
        )}
      </p>
      {hit.row === null ? (
        <p>It has been deleted since the search.</p>
      ) : (
        <Facts columns={1} of={factsOf(hit.row)} />
      )}
      {open ? (
        <LeaveOutDialog
          id={id}
          which={{ hits: [hit.id] }}
          what={`row ${hit.id}`}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </section>
  );
};

const Hits = ({ of, table }: { readonly of: PrivacyRequest; readonly table: string }) => {
  const [after, setAfter] = useState<string>();
  const [all, setAll] = useState(false);
  const mayChoose = of.status === 'review' || of.status === 'appealed';
  return (
    <Section title={`Rows of ${table}`}>
      {mayChoose ? (
        <Button size="compact-sm" variant="default" onClick={() => setAll(true)}>
          Leave out all of {table}…
        </Button>
      ) : null}
      <Loaded query={useQuery(privacyHitsQuery(of.id, table, after))}>
        {({ items }) => (
          <>
            {items.map((hit) => (
              <Hit key={hit.id} id={of.id} hit={hit} mayChoose={mayChoose} />
            ))}
            {items.length < 20 ? null : (
              <Button variant="default" onClick={() => setAfter(items.at(-1)?.id)}>
                Next rows
              </Button>
            )}
          </>
        )}
      </Loaded>
      {all ? (
        <LeaveOutDialog
          id={of.id}
          which={{ table }}
          what={`all rows of ${table}`}
          onClose={() => setAll(false)}
        />
      ) : null}
    </Section>
  );
};

const Found = ({
  of,
  tables,
  onOpen,
}: {
  readonly of: PrivacyRequest;
  readonly tables: readonly SearchedTable[];
  readonly onOpen: (table: string) => void;
}) => {
  const mayRead = useMay('privacy:write');
  return (
    <Table aria-label={`Tables that name the person of request ${of.id}`}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Table</Table.Th>
          <Table.Th>Rows searched</Table.Th>
          <Table.Th>Found</Table.Th>
          <Table.Th>Left out of the copy</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tables.map((table) => (
          <Table.Tr key={table.id}>
            <Table.Td>{tableName(table)}</Table.Td>
            <Table.Td>{table.rowsRead.toLocaleString('en-US')}</Table.Td>
            <Table.Td>{table.rowsFound.toLocaleString('en-US')}</Table.Td>
            <Table.Td>
              {table.leftOut.length === 0
                ? 'nothing'
                : table.leftOut.map(({ because, rows }) => `${rows}: ${reasonWords[because]}`).join('; ')}
            </Table.Td>
            <Table.Td>
              {mayRead ? (
                <Button size="compact-sm" variant="default" onClick={() => onOpen(tableName(table))}>
                  Show rows of {tableName(table)}
                </Button>
              ) : null}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
};

/** How far the latest search is, in one sentence. */
function standOf(
  search: { readonly endedAt: string | null; readonly problem: { readonly message: string } | null },
  tables: readonly SearchedTable[],
): string {
  const searched = tables.filter((table) => table.notSearchedBecause === null);
  const rows = searched.reduce((sum, table) => sum + table.rowsRead, 0).toLocaleString('en-US');
  const done = searched.filter((table) => table.isDone).length;
  if (search.problem !== null) return `The search failed: ${search.problem.message} Start it again.`;
  if (search.endedAt === null)
    return `The search is running: ${done} of ${searched.length} tables, ${rows} rows so far.`;
  return `The search is complete: ${searched.length} tables, ${rows} rows.`;
}

export const SearchResult = ({ of }: { readonly of: PrivacyRequest }) => {
  const [open, setOpen] = useState<string>();
  return (
    <Loaded query={useQuery(privacySearchQuery(of.id))}>
      {({ search }) => {
        if (search === null) return <p>No search has been run yet.</p>;
        const found = search.tables.filter((table) => table.rowsFound > 0);
        const skipped = search.tables.filter((table) => table.notSearchedBecause !== null);
        const nothing = search.tables.filter((table) => table.rowsFound === 0 && table.isDone).length;
        return (
          <>
            <p role="status">{standOf(search, search.tables)}</p>
            <p className="quiet">Searched for: {search.terms.join(' | ')}</p>
            {found.length === 0 ? (
              <p>Nothing found yet.</p>
            ) : (
              <Found of={of} tables={found} onOpen={setOpen} />
            )}
            <p className="quiet">{nothing} tables were searched without a find.</p>
            {open === undefined ? null : <Hits key={open} of={of} table={open} />}
            <details>
              <summary>{skipped.length} not searched, and why</summary>
              <Facts
                columns={1}
                of={skipped.map((table): Fact => [
                  tableName(table),
                  table.notSearchedBecause === null ? '' : notSearchedWords[table.notSearchedBecause],
                ])}
              />
            </details>
          </>
        );
      }}
    </Loaded>
  );
};
