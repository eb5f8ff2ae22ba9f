/** Adds or changes a schedule; what an expression means is shown while it is typed. */
import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useId, useState } from 'react';
import { Problem, problemOf } from '../../api/http/problem.ts';
import {
  addSchedule,
  changeSchedule,
  type Connection,
  fetchSchedule,
  previewQuery,
  type Schedule,
  type ScheduleSetting,
} from '../../api/sync.ts';
import { nameWords } from '../../kit/marks/values.tsx';
import { tell } from '../../kit/notice.tsx';
import { NextTimes } from './next-times.tsx';
import styles from './schedules.module.css';

const presets = [
  ['Every 15 minutes', '*/15 * * * *'],
  ['Every 4 hours', '0 */4 * * *'],
  ['Each night', '0 2 * * *'],
  ['Weekdays at 6', '0 6 * * 1-5'],
] as const;

const Preview = ({ cron }: { readonly cron: string }) => {
  const query = useQuery(previewQuery(useDeferredValue(cron)));
  return (
    <div className={styles['preview']} role="status">
      {query.data ? (
        <>
          <p className="strong">{query.data.words}</p>
          <NextTimes of={query.data.next} />
        </>
      ) : query.error ? (
        <p className="bad">
          {problemOf(query.error)
            .body.errors?.map(({ detail }) => detail)
            .join('; ') ?? problemOf(query.error).message}
        </p>
      ) : null}
    </div>
  );
};

interface Draft extends ScheduleSetting {
  readonly connection: string;
  readonly name: string;
}

async function save(draft: Draft, present: Schedule | undefined): Promise<void> {
  const { connection, name, ...setting } = draft;
  if (!present) {
    await addSchedule(draft);
    return;
  }
  const { value, etag } = await fetchSchedule(connection, name);
  const same = ['cron', 'full', 'jitterSeconds', 'enabled'] as const;
  if (same.some((field) => value[field] !== present[field]))
    throw new Problem(412, {
      code: 'RECORD_MOVED',
      detail: 'It was changed by somebody else meanwhile.',
      remedy: 'Close this, look at it, and change it again.',
    });
  await changeSchedule(connection, name, setting, etag);
}

const Entities = ({
  of,
  chosen,
  onChange,
}: {
  readonly of: Connection | undefined;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) => {
  const known = [...new Set([...(of?.marks.map(({ entity }) => entity) ?? []), ...chosen])];
  return (
    <fieldset>
      <legend>What is read</legend>
      <label className={styles['check']}>
        <input type="checkbox" checked={chosen.length === 0} onChange={() => onChange([])} />
        Everything
      </label>
      {known.map((entity) => (
        <label key={entity} className={styles['check']}>
          <input
            type="checkbox"
            checked={chosen.includes(entity)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked ? [...chosen, entity] : chosen.filter((each) => each !== entity),
              )
            }
          />
          {nameWords(entity)}
        </label>
      ))}
    </fieldset>
  );
};

function useSave(draft: Draft, present: Schedule | undefined, onClose: () => void) {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await save(draft, present);
      tell(`The schedule ${draft.name} of ${draft.connection} was saved.`);
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['sync'] });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, problem };
}

interface FieldProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

/** Of a new one: which connection, and its name. */
const NewFields = ({
  draft,
  set,
  connections,
}: FieldProps & { readonly connections: readonly Connection[] }) => {
  const id = useId();
  return (
    <>
      <label htmlFor={`${id}-of`}>Other side</label>
      <select
        id={`${id}-of`}
        value={draft.connection}
        onChange={(event) => set({ connection: event.currentTarget.value, entities: [] })}
      >
        {connections.map(({ connection }) => (
          <option key={connection}>{connection}</option>
        ))}
      </select>
      <label htmlFor={`${id}-name`}>Name</label>
      <input
        id={`${id}-name`}
        type="text"
        required
        maxLength={100}
        placeholder="nightly"
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
    </>
  );
};

const WhenFields = ({ draft, set }: FieldProps) => {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>When (cron, in UTC: minute hour day month weekday)</label>
      <input
        id={id}
        type="text"
        required
        maxLength={100}
        value={draft.cron}
        onChange={(event) => set({ cron: event.currentTarget.value })}
      />
      <div className={styles['presets']}>
        {presets.map(([title, cron]) => (
          <Button key={cron} variant="default" size="compact-xs" onClick={() => set({ cron })}>
            {title}
          </Button>
        ))}
      </div>
      <Preview cron={draft.cron} />
    </>
  );
};

const HowFields = ({ draft, set }: FieldProps) => {
  const id = useId();
  return (
    <>
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={draft.full}
          onChange={(event) => set({ full: event.currentTarget.checked })}
        />
        In full, not only what changed since the last read
      </label>
      <label htmlFor={id}>Begins up to so many seconds later, at random</label>
      <input
        id={id}
        type="number"
        min={0}
        max={86_400}
        value={draft.jitterSeconds}
        onChange={(event) => set({ jitterSeconds: Number(event.currentTarget.value) })}
      />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={draft.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        On
      </label>
    </>
  );
};

const draftOf = (present: Schedule | undefined, first: Connection | undefined): Draft => ({
  connection: present?.system ?? first?.connection ?? '',
  name: present?.name ?? '',
  cron: present?.cron ?? '0 2 * * *',
  entities: present?.entities ?? [],
  full: present?.full ?? false,
  jitterSeconds: present?.jitterSeconds ?? 60,
  enabled: present?.enabled ?? true,
});

export const ScheduleDialog = ({
  present,
  connections,
  onClose,
}: {
  /** Undefined: a new one. */
  readonly present: Schedule | undefined;
  readonly connections: readonly Connection[];
  readonly onClose: () => void;
}) => {
  const [draft, setDraft] = useState<Draft>(() => draftOf(present, connections[0]));
  const { run, busy, problem } = useSave(draft, present, onClose);
  const set = (change: Partial<Draft>): void => setDraft((before) => ({ ...before, ...change }));
  return (
    <Modal
      opened
      onClose={onClose}
      title={present ? `${present.system}: schedule ${present.name}` : 'New schedule'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        {present ? null : <NewFields draft={draft} set={set} connections={connections} />}
        <WhenFields draft={draft} set={set} />
        <Entities
          of={connections.find(({ connection }) => connection === draft.connection)}
          chosen={draft.entities}
          onChange={(entities) => set({ entities })}
        />
        <HowFields draft={draft} set={set} />
        {problem === undefined ? null : (
          <p className="bad" role="alert">
            {problem.message} {problem.body.errors?.map(({ detail }) => detail).join('; ')}{' '}
            {problem.body.remedy}
          </p>
        )}
        <Button type="submit" mt="md" loading={busy}>
          Save
        </Button>
      </form>
    </Modal>
  );
};
