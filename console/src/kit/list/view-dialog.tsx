/** Keeps what a list shows under a name, or changes a view that is kept: its name, what it keeps, who sees it, whether the list begins with it. */
import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../../api/http/problem.ts';
import {
  addView,
  changeView,
  chooseView,
  removeView,
  type SavedView,
  type ViewQuery,
  type Views,
  type ViewShare,
  viewsQuery,
} from '../../api/views.ts';
import { useSession } from '../../shell/use-session.ts';
import { tell } from '../notice.tsx';
import styles from './list.module.css';

const shareText = (share: ViewShare): string =>
  share.with === 'role'
    ? `role ${share.role}`
    : share.with === 'system'
      ? `system ${share.systemId}`
      : share.with;
function shareOf(text: string): ViewShare {
  const [kind, ...rest] = text.split(' ');
  const id = rest.join(' ');
  if (kind === 'role') return { with: 'role', role: id };
  if (kind === 'system') return { with: 'system', systemId: id };
  return { with: kind === 'everybody' ? 'everybody' : 'nobody' };
}

interface Draft {
  readonly name: string;
  readonly keepsFilters: boolean;
  readonly keepsColumns: boolean;
  readonly renews: boolean;
  readonly share: string;
  readonly begins: boolean;
  readonly isRoleDefault: boolean;
}

const draftOf = (view: SavedView | undefined, views: Views): Draft => ({
  name: view?.name ?? '',
  keepsFilters: view === undefined || view.query.filters !== undefined,
  keepsColumns: view?.query.columns !== undefined,
  renews: view === undefined,
  share: view === undefined ? 'nobody' : shareText(view.share),
  begins: view !== undefined && views.beginsBy === 'person' && views.begins === view.id,
  isRoleDefault: view?.isRoleDefault ?? false,
});

/** What of the list as it is shown the view keeps. */
const kept = ({ filters, sort, group, columns }: ViewQuery, draft: Draft): ViewQuery => ({
  ...(draft.keepsFilters
    ? {
        filters: filters ?? {},
        ...(sort === undefined ? {} : { sort }),
        ...(group === undefined ? {} : { group }),
      }
    : {}),
  ...(draft.keepsColumns && columns ? { columns } : {}),
});

interface DialogProps {
  readonly list: string;
  readonly views: Views;
  /** Undefined: a new one. */
  readonly view: SavedView | undefined;
  /** The list as it is shown now. */
  readonly shown: ViewQuery;
  readonly onClose: () => void;
}

function useActs({ list, views, view, shown, onClose }: DialogProps, draft: Draft) {
  const queryClient = useQueryClient();
  const done = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: viewsQuery(list).queryKey });
    onClose();
  };
  const save = useMutation({
    mutationFn: async () => {
      const about = {
        name: draft.name.trim(),
        share: shareOf(draft.share),
        isRoleDefault: draft.isRoleDefault && draft.share.startsWith('role '),
      };
      const query = kept(shown, draft);
      const saved =
        view === undefined
          ? await addView(list, { ...about, query })
          : (await changeView(view, { ...about, ...(draft.renews ? { query } : {}) })).value;
      const didBegin = draftOf(view, views).begins;
      if (draft.begins !== didBegin) await chooseView(list, draft.begins ? saved.id : undefined);
      return saved;
    },
    onSuccess: async ({ name }) => {
      tell(`The view "${name}" is saved.`);
      await done();
    },
  });
  const drop = useMutation({
    mutationFn: () => (view === undefined ? Promise.resolve() : removeView(view)),
    onSuccess: async () => {
      tell(`The view "${view?.name ?? ''}" is deleted.`);
      await done();
    },
  });
  return { save, drop };
}

/** With whom it is shared: only roles that one holds and systems that are one's own. */
const ShareField = ({
  value,
  views,
  onChange,
}: {
  readonly value: string;
  readonly views: Views;
  readonly onChange: (value: string) => void;
}) => {
  const { boundaries } = useSession();
  const options = [
    { value: 'nobody', label: 'Only me' },
    { value: 'everybody', label: 'Everybody' },
    ...views.roles.map(({ role, title }) => ({ value: `role ${role}`, label: `Role: ${title}` })),
    ...boundaries.map(({ id, name }) => ({ value: `system ${id}`, label: `System: ${name}` })),
  ];
  return (
    <NativeSelect
      mt="sm"
      label="Who sees it"
      description="What is in the list, each person’s own grants decide."
      data={options.some((each) => each.value === value) ? options : [{ value, label: value }, ...options]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
};

const Keeps = ({
  draft,
  isNew,
  set,
}: {
  readonly draft: Draft;
  readonly isNew: boolean;
  readonly set: (change: Partial<Draft>) => void;
}) => (
  <fieldset className={styles['keeps']}>
    <legend>It keeps</legend>
    {isNew ? null : (
      <Checkbox
        label="what the list shows now, in place of what it kept"
        checked={draft.renews}
        onChange={(event) => set({ renews: event.currentTarget.checked })}
      />
    )}
    <Checkbox
      label="filters, order and groups"
      checked={draft.keepsFilters}
      disabled={!draft.renews}
      onChange={(event) => set({ keepsFilters: event.currentTarget.checked })}
    />
    <Checkbox
      label="columns"
      checked={draft.keepsColumns}
      disabled={!draft.renews}
      onChange={(event) => set({ keepsColumns: event.currentTarget.checked })}
    />
  </fieldset>
);

const Refused = ({ error }: { readonly error: Error | null }) =>
  error === null ? null : (
    <p className="bad" role="alert" style={{ marginTop: 8 }}>
      {[problemOf(error).message, ...(problemOf(error).body.errors ?? []).map((fault) => fault.detail)].join(
        ' ',
      )}
    </p>
  );

/** Whether the list begins with it: for the person, and, where they decide for others, for the whole role. */
const Begins = ({
  draft,
  views,
  set,
}: {
  readonly draft: Draft;
  readonly views: Views;
  readonly set: (change: Partial<Draft>) => void;
}) => (
  <>
    <Checkbox
      mt="sm"
      label="My list begins with it"
      checked={draft.begins}
      onChange={(event) => set({ begins: event.currentTarget.checked })}
    />
    {views.maySetRoleDefault && draft.share.startsWith('role ') ? (
      <Checkbox
        mt="xs"
        label="The list begins with it for everybody of the role"
        checked={draft.isRoleDefault}
        onChange={(event) => set({ isRoleDefault: event.currentTarget.checked })}
      />
    ) : null}
  </>
);

export const ViewDialog = (props: DialogProps) => {
  const { view, views, onClose } = props;
  const [draft, setDraft] = useState(() => draftOf(view, views));
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const { save, drop } = useActs(props, draft);
  const keepsNothing = draft.renews && !draft.keepsFilters && !draft.keepsColumns;
  return (
    <Modal
      opened
      onClose={onClose}
      title={view === undefined ? 'Save this view' : `View "${view.name}"`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextInput
          label="Name"
          value={draft.name}
          maxLength={100}
          onChange={(event) => set({ name: event.currentTarget.value })}
          required
          data-autofocus
        />
        <Keeps draft={draft} isNew={view === undefined} set={set} />
        <ShareField value={draft.share} views={views} onChange={(share) => set({ share })} />
        <Begins draft={draft} views={views} set={set} />
        <Refused error={save.error ?? drop.error} />
        <div className={styles['dialogActions']}>
          <Button type="submit" loading={save.isPending} disabled={draft.name.trim() === '' || keepsNothing}>
            Save
          </Button>
          {view === undefined ? null : (
            <Button variant="default" loading={drop.isPending} onClick={() => drop.mutate()}>
              Delete this view
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
};
