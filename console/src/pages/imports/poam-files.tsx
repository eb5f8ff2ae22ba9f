/** Files of POA&Ms beside the scan files: which boundary they are of, and what became of the latest ones. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import {
  bringPoamFile,
  poamImportsQuery,
  type PoamImport,
  type PoamImportRow,
  type PoamPlace,
} from '../../api/work/poam-imports.ts';
import { queryClient } from '../../api/http/query-client.ts';
import detail from '../../kit/detail/detail.module.css';
import { When } from '../../kit/marks/when.tsx';
import { tell, tellProblem } from '../../kit/notice.tsx';
import styles from './imports.module.css';

export const isPoamFile = ({ name }: Pick<File, 'name'>): boolean => /\.(xlsx|xlsm|json)$/i.test(name);

export const poamStates: Readonly<
  Record<PoamImportRow['state'], { readonly text: string; readonly tone: string; readonly meaning: string }>
> = {
  planned: {
    text: 'Waits for approval',
    tone: 'attention',
    meaning: 'Nothing was imported yet. Look at what it would change, then approve or discard it.',
  },
  imported: { text: 'Imported', tone: 'good', meaning: 'What was shown was imported.' },
  unchanged: { text: 'Nothing to change', tone: 'quiet', meaning: 'All that it says was here already.' },
  discarded: { text: 'Discarded', tone: 'quiet', meaning: 'Somebody ended it. Nothing of it was imported.' },
  refused: { text: 'Refused', tone: 'bad strong', meaning: 'Nothing of it was imported.' },
};

/** Sends them one after another; each is then shown with what it would change. */
export async function bringPoamFiles(
  files: readonly File[],
  place: PoamPlace,
  show: (id: string) => void,
): Promise<void> {
  let last: PoamImport | undefined;
  for (const file of files)
    try {
      last = await bringPoamFile(file, place, AbortSignal.timeout(300_000));
      queryClient.setQueryData(['poam-imports', last.id], last);
    } catch (error) {
      tellProblem(`${file.name} was not imported`, error);
    }
  void queryClient.invalidateQueries({ queryKey: ['poam-imports'] });
  if (last && files.length === 1) show(last.id);
  else if (files.length > 1) tell('Each file of POA&Ms is listed with what it would change.');
}

interface FieldProps {
  readonly boundaries: readonly { readonly id: string; readonly name: string }[];
  readonly place: PoamPlace;
  readonly onChange: (place: PoamPlace) => void;
}

export const PoamPlaceFields = ({ boundaries, place, onChange }: FieldProps) => {
  const id = useId();
  return (
    <div className={styles['place']}>
      <label htmlFor={id} title="The authorization boundary that the POA&Ms of a workbook are of.">
        Boundary of POA&amp;M files
      </label>
      <select
        id={id}
        value={place.boundary ?? ''}
        onChange={(event) =>
          onChange({
            ...place,
            boundary: event.currentTarget.value === '' ? undefined : event.currentTarget.value,
          })
        }
      >
        <option value="">as the file says</option>
        {boundaries.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </select>
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={place.acceptMissing}
          onChange={(event) => onChange({ ...place, acceptMissing: event.currentTarget.checked })}
        />
        Many POA&amp;Ms are gone from it on purpose
      </label>
    </div>
  );
};

const resultOf = ({ counts, held, problem }: PoamImportRow): string =>
  counts === null
    ? (problem ?? '')
    : [
        `${counts.created} new`,
        `${counts.updated} updated`,
        ...(counts.conflicts > 0 ? [`${counts.conflicts} conflicts`] : []),
        ...(counts.missing > 0 ? [`${counts.missing} gone`] : []),
        ...(held > 0 ? [held === 1 ? '1 row held' : `${held} rows held`] : []),
      ].join(' · ');

const Row = ({ of }: { readonly of: PoamImportRow }) => (
  <tr>
    <td>
      <Link to="/poam-files/$poamImportId" params={{ poamImportId: of.id }}>
        {of.file}
      </Link>
    </td>
    <td>{of.boundary ?? '–'}</td>
    <td>
      <span className={poamStates[of.state].tone} title={poamStates[of.state].meaning}>
        {poamStates[of.state].text}
      </span>
    </td>
    <td>{resultOf(of)}</td>
    <td>{of.by}</td>
    <td>
      <When at={of.broughtAt} />
    </td>
  </tr>
);

/** The latest ones; those that wait first. */
export const PoamFiles = () => {
  const items = useQuery(poamImportsQuery).data?.items ?? [];
  if (items.length === 0) return null;
  const order = [...items].sort((a, b) => Number(b.state === 'planned') - Number(a.state === 'planned'));
  return (
    <section aria-label="Files of POA&Ms" className={styles['poamFiles']}>
      <h2>POA&amp;M files</h2>
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Boundary</th>
            <th scope="col">State</th>
            <th scope="col">Result</th>
            <th scope="col">By</th>
            <th scope="col">Brought</th>
          </tr>
        </thead>
        <tbody>
          {order.slice(0, 8).map((each) => (
            <Row key={each.id} of={each} />
          ))}
        </tbody>
      </table>
    </section>
  );
};
