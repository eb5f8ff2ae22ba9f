/** Adding and changing a team, and removing one. */
import { TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../api/http/client.ts';
import type { Page } from '../../api/lists.ts';
import { removeTeam, saveTeam, type Team } from '../../api/work/teams.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { useSession } from '../../shell/use-session.ts';
import styles from './access.module.css';

/** The people that there are, by name. */
const peopleQuery = {
  queryKey: ['list', 'users', 'people'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    get<Page<{ readonly name: string }>>('/users', { query: { kind: 'person', limit: 500 }, signal }),
};

const chosen = (all: readonly string[], id: string): string[] =>
  all.includes(id) ? all.filter((each) => each !== id) : [...all, id];

const Choices = ({
  legend,
  of,
  picked,
  onPick,
}: {
  readonly legend: string;
  readonly of: readonly { readonly id: string; readonly name: string }[];
  readonly picked: readonly string[];
  readonly onPick: (picked: readonly string[]) => void;
}) =>
  of.length === 0 ? null : (
    <fieldset>
      <legend>{legend}</legend>
      <div className={styles['options']} style={{ marginLeft: 0 }}>
        {of.map(({ id, name }) => (
          <label key={id} className={styles['option']}>
            <input
              type="checkbox"
              checked={picked.includes(id)}
              onChange={() => onPick(chosen(picked, id))}
            />
            {name} {id === name ? null : <span className="quiet mono">{id}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );

/** @param of undefined: a new one. */
export const TeamDialog = ({ of, onClose }: { readonly of?: Team; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  const { boundaries } = useSession();
  const people = useQuery(peopleQuery);
  const [name, setName] = useState(of?.name ?? '');
  const [mail, setMail] = useState(of?.mail ?? '');
  const [members, setMembers] = useState<readonly string[]>(of?.members.map((each) => each.name) ?? []);
  const [systemIds, setSystemIds] = useState<readonly string[]>(of?.systemIds ?? []);
  const accounts = [...new Set([...members, ...(people.data?.items ?? []).map((each) => each.name)])];
  return (
    <ActionDialog
      title={of === undefined ? 'New team' : `Change ${of.name}`}
      verb={of === undefined ? 'Add the team' : 'Save'}
      incomplete={name.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        const saved = await saveTeam(of?.id, {
          name: name.trim(),
          mail: mail.trim() === '' ? null : mail.trim(),
          members,
          systemIds,
        });
        for (const queryKey of [['teams'], ['assignees']]) await queryClient.invalidateQueries({ queryKey });
        tell(`The team ${saved.name} is saved.`);
        onClose();
      }}
    >
      <div className={styles['fields']}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          data-autofocus
        />
        <Choices
          legend="Members: each sees what their own grants allow"
          of={accounts.map((account) => ({ id: account, name: account }))}
          picked={members}
          onPick={setMembers}
        />
        <TextInput
          label="Mail (optional)"
          type="email"
          value={mail}
          onChange={(event) => setMail(event.currentTarget.value)}
          maxLength={255}
        />
        <Choices
          legend="Systems that it looks after"
          of={boundaries}
          picked={systemIds}
          onPick={setSystemIds}
        />
      </div>
    </ActionDialog>
  );
};

export const RemoveTeamDialog = ({ of, onClose }: { readonly of: Team; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`Remove ${of.name}`}
      verb="Remove"
      onClose={onClose}
      onRun={async () => {
        await removeTeam(of.id);
        await queryClient.invalidateQueries({ queryKey: ['teams'] });
        tell(`The team ${of.name} was removed.`);
        onClose();
      }}
    >
      <p>Only a team to which no work was ever given can be removed: the history of its work names it.</p>
    </ActionDialog>
  );
};
