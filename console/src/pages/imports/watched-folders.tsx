/** Folders that processes look at for scan files. They are named at the machine: whoever names one can have it read. */
import { useQuery } from '@tanstack/react-query';
import { foldersQuery, type WatchedFolder } from '../../api/imports.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { When } from '../../kit/marks/when.tsx';
import styles from './imports.module.css';

const states: Readonly<
  Record<WatchedFolder['state'], { readonly text: string; readonly tone: string; readonly meaning: string }>
> = {
  watched: { text: 'watched', tone: 'good', meaning: 'Its process looks into it again and again.' },
  importing: {
    text: 'importing',
    tone: 'strong',
    meaning: 'Its process is at a file, and looks again afterwards.',
  },
  unreadable: {
    text: 'cannot be read',
    tone: 'bad strong',
    meaning: 'It was not there, or not readable, at the last look.',
  },
  'not looking': {
    text: 'not looked at',
    tone: 'bad strong',
    meaning: 'Its process runs and has not come back from the folder: a share that does not answer, perhaps.',
  },
  gone: {
    text: 'not watched any more',
    tone: 'bad strong',
    meaning: 'Its process was killed, or its machine is away.',
  },
  ended: { text: 'ended', tone: 'quiet', meaning: 'Somebody ended it.' },
};
const needsPerson = ({ state }: WatchedFolder): boolean =>
  state === 'unreadable' || state === 'not looking' || state === 'gone';

const State = ({ of: { state, problem, importing } }: { readonly of: WatchedFolder }) => {
  const { text, tone, meaning } = states[state];
  const more = state === 'importing' ? importing : problem;
  return (
    <>
      <span className={tone} title={meaning}>
        {text}
      </span>
      {more === null ? null : <div className="quiet">{more}</div>}
    </>
  );
};

const command = 'tieline import FOLDER --watch';

const Table = ({ folders }: { readonly folders: readonly WatchedFolder[] }) => (
  <table className={detail['table']}>
    <thead>
      <tr>
        <th scope="col">Folder</th>
        <th scope="col">On</th>
        <th scope="col">Source</th>
        <th scope="col">State</th>
        <th scope="col">Last look</th>
        <th scope="col" className={detail['num']}>
          Files in it
        </th>
        <th scope="col">Watched by</th>
      </tr>
    </thead>
    <tbody>
      {folders.map((each) => (
        <tr key={`${each.host} ${each.folder}`}>
          <td className="mono">{each.folder}</td>
          <td>{each.host}</td>
          <td>{each.source}</td>
          <td>
            <State of={each} />
          </td>
          <td>
            <When at={each.lookedAt} />
          </td>
          <td className={detail['num']}>{each.files.toLocaleString('en')}</td>
          <td>{each.by}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** Folded while all is well, so that the list keeps its room. */
export const WatchedFolders = () => {
  const { data } = useQuery(foldersQuery);
  if (!data) return null;
  const { items } = data;
  const ill = items.filter(needsPerson).length;
  const watched = items.filter(({ state }) => state === 'watched' || state === 'importing').length;
  return (
    <details className={styles['folders']} open={ill > 0}>
      <summary>
        {items.length === 0 ? 'No folder is watched' : `Watched folders: ${watched}`}
        {ill === 0 ? null : <span className="bad strong"> · {ill} to look at</span>}
      </summary>
      {items.length === 0 ? null : <Table folders={items} />}
      <p className="quiet">
        A folder is watched at the machine on which it is: <code>{command}</code>{' '}
        <CopyButton text={command} what="the command" />
      </p>
    </details>
  );
};
