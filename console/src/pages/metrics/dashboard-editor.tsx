/** Makes a dashboard of tiles, or changes one's own: its name, its tiles in their order, and who sees it. */
import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import { addDashboard, changeDashboard, type DashboardRow, removeDashboard } from '../../api/metrics.ts';
import { Fault } from '../../kit/act/action-dialog.tsx';
import styles from './metrics.module.css';
import { type Tile, TilesField } from './tiles-field.tsx';

const shares = ['nobody', 'everybody', 'viewer', 'analyst', 'isso', 'issm', 'ao', 'auditor'] as const;
type Share = (typeof shares)[number];
const shareWords: Readonly<Record<Share, string>> = {
  nobody: 'Nobody: only I see it',
  everybody: 'Everybody who is signed in',
  viewer: 'Viewers',
  analyst: 'Vulnerability analysts',
  isso: 'ISSOs',
  issm: 'ISSMs',
  ao: 'Authorizing officials',
  auditor: 'Auditors',
};
const shareOf = ({ isPublic, roles }: DashboardRow): Share =>
  isPublic ? 'everybody' : (shares.find((each) => roles.some((role) => role === each)) ?? 'nobody');

interface EditorProps {
  readonly of: DashboardRow;
  readonly isNew: boolean;
  readonly close: () => void;
  readonly open: (id: string) => void;
}

/** Changes dashboards on the server, then opens the one it came to; what the server refuses stays in the dialog. */
function useAct({ open, close }: Pick<EditorProps, 'open' | 'close'>) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const act = async (work: () => Promise<string>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const id = await work();
      // First away from a dashboard that is gone, which would be asked for again.
      open(id);
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      close();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { act, busy, problem };
}

const ShareField = ({
  share,
  setShare,
}: {
  readonly share: Share;
  readonly setShare: (share: Share) => void;
}) => (
  <NativeSelect
    mt="sm"
    label="Who else sees it"
    description="Each reader sees the numbers of their own systems."
    value={share}
    data={shares.map((value) => ({ value, label: shareWords[value] }))}
    onChange={(event) => setShare(event.currentTarget.value as Share)}
  />
);

const columnChoices = [1, 2, 3, 4].map((n) => ({ value: String(n), label: String(n) }));
const refreshChoices = [
  ['60', 'Every minute'],
  ['300', 'Every 5 minutes'],
  ['3600', 'Every hour'],
  ['86400', 'Once a day'],
].map(([value = '', label = '']) => ({ value, label }));

/** A value that was set elsewhere, and is none of the choices, is one too. */
const withOwn = (choices: readonly { value: string; label: string }[], own: number, label: string) =>
  choices.some(({ value }) => value === String(own))
    ? [...choices]
    : [...choices, { value: String(own), label }];

interface Layout {
  readonly columns: number;
  readonly refreshSeconds: number;
}

const LayoutFields = ({
  layout,
  setLayout,
}: {
  readonly layout: Layout;
  readonly setLayout: (layout: Layout) => void;
}) => (
  <div className={styles['layoutFields']}>
    <NativeSelect
      mt="sm"
      label="Tiles in a row"
      description="On a wide screen"
      value={String(layout.columns)}
      data={columnChoices}
      onChange={(event) => setLayout({ ...layout, columns: Number(event.currentTarget.value) })}
    />
    <NativeSelect
      mt="sm"
      label="Look for newer numbers"
      description="While the page is open"
      value={String(layout.refreshSeconds)}
      data={withOwn(refreshChoices, layout.refreshSeconds, `Every ${layout.refreshSeconds} seconds`)}
      onChange={(event) => setLayout({ ...layout, refreshSeconds: Number(event.currentTarget.value) })}
    />
  </div>
);

const Deletion = ({ busy, remove }: { readonly busy: boolean; readonly remove: () => void }) => {
  const [sure, setSure] = useState(false);
  return (
    <>
      <Checkbox
        label="Delete this dashboard for good"
        checked={sure}
        onChange={(event) => setSure(event.currentTarget.checked)}
      />
      <Button color="red" variant="outline" disabled={!sure || busy} onClick={remove}>
        Delete
      </Button>
    </>
  );
};

export const DashboardEditor = ({ of, isNew, close, open }: EditorProps) => {
  const { act, busy, problem } = useAct({ open, close });
  const [name, setName] = useState(isNew ? `My ${of.name}`.slice(0, 100) : of.name);
  const [tiles, setTiles] = useState<readonly Tile[]>(of.tiles);
  const [share, setShare] = useState<Share>(isNew ? 'nobody' : shareOf(of));
  const [layout, setLayout] = useState<Layout>({ columns: of.columns, refreshSeconds: of.refreshSeconds });
  const save = async (): Promise<string> => {
    const body = {
      name,
      ...layout,
      tiles: [...tiles],
      isPublic: share === 'everybody',
      roles: share === 'nobody' || share === 'everybody' ? [] : [share],
    };
    return (await (isNew ? addDashboard(body) : changeDashboard(of.id, body))).id;
  };
  const remove = async (): Promise<string> => {
    await removeDashboard(of.id);
    return 'executive';
  };
  return (
    <Modal
      opened
      onClose={close}
      title={isNew ? 'New dashboard' : `Edit ${of.name}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <TextInput
        label="Name"
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        required
      />
      <ShareField share={share} setShare={setShare} />
      <LayoutFields layout={layout} setLayout={setLayout} />
      <TilesField tiles={tiles} setTiles={setTiles} />
      {problem ? <Fault of={problem} /> : null}
      <div style={{ display: 'flex', gap: 8, marginTop: 16, alignItems: 'center', flexWrap: 'wrap' }}>
        <Button
          loading={busy}
          disabled={name.trim() === '' || tiles.length === 0}
          onClick={() => void act(save)}
        >
          {isNew ? 'Create dashboard' : 'Save'}
        </Button>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        {isNew ? null : <Deletion busy={busy} remove={() => void act(remove)} />}
      </div>
    </Modal>
  );
};
