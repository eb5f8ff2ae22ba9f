/** Sets who decides a kind of request: in one system, or in every one without a rule of its own. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Role } from '../../../../src/canonical/access/index.ts';
import { type DeciderLevel, type DeciderRule, setDecider } from '../../api/decisions/deciders.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { roleWords } from '../../shell/words.ts';
import { useSession } from '../../shell/use-session.ts';
import styles from './deciders.module.css';
import { decidingRoles, kinds, kindWords, whoWords } from './words.ts';

type Mode = 'levels' | 'nobody' | 'refused';

interface Typed {
  readonly kind: DeciderRule['kind'];
  readonly boundary: string;
  readonly severity: string;
  readonly mode: Mode;
  readonly levels: readonly DeciderLevel[];
  readonly within: string;
  readonly longest: string;
  readonly note: string;
}
type Typing = { readonly typed: Typed; readonly onChange: (part: Partial<Typed>) => void };

const severities = ['Critical', 'High', 'Medium', 'Low', 'Info'] as const;

const typedOf = (of: Partial<DeciderRule>): Typed => ({
  kind: of.kind ?? 'false_positive',
  boundary: of.boundary ?? '',
  severity: of.severity ?? '',
  mode: of.isRefused === true ? 'refused' : of.levels?.length === 0 ? 'nobody' : 'levels',
  levels: of.levels === undefined || of.levels.length === 0 ? [{ roles: ['isso'], needs: 'one' }] : of.levels,
  within:
    of.answerWithinDays === undefined || of.answerWithinDays === null ? '' : String(of.answerWithinDays),
  longest: of.longestDays === undefined || of.longestDays === null ? '' : String(of.longestDays),
  note: of.note ?? '',
});

const daysOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));
const isDays = (text: string, most: number): boolean =>
  text.trim() === '' || (/^\d{1,4}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most);

const toggled = (roles: readonly Role[], role: Role): Role[] =>
  roles.includes(role) ? roles.filter((each) => each !== role) : [...roles, role];

const Level = ({
  at,
  of,
  onChange,
  onRemove,
}: {
  readonly at: number;
  readonly of: DeciderLevel;
  readonly onChange: (level: DeciderLevel) => void;
  readonly onRemove: (() => void) | undefined;
}) => (
  <div className={styles['level']} role="group" aria-label={`Step ${at + 1}`}>
    <span className="quiet">{at === 0 ? 'First' : 'Then'}</span>
    {decidingRoles.map((role) => (
      <label key={role}>
        <input
          type="checkbox"
          checked={of.roles.includes(role)}
          onChange={() => onChange({ ...of, roles: toggled(of.roles, role) })}
        />
        {roleWords[role]}
      </label>
    ))}
    {of.roles.length > 1 ? (
      <select
        aria-label={`How many of step ${at + 1}`}
        value={of.needs}
        onChange={(event) => onChange({ ...of, needs: event.currentTarget.value as DeciderLevel['needs'] })} // one of the options
      >
        <option value="one">one of them</option>
        <option value="all">all of them</option>
      </select>
    ) : null}
    {onRemove === undefined ? null : (
      <Button variant="subtle" size="compact-sm" onClick={onRemove} aria-label={`Take step ${at + 1} out`}>
        Take out
      </Button>
    )}
  </div>
);

const Levels = ({ typed, onChange }: Typing) => {
  const replace = (at: number, level: DeciderLevel | undefined): void =>
    onChange({
      levels: typed.levels.flatMap((each, index) =>
        index !== at ? [each] : level === undefined ? [] : [level],
      ),
    });
  return (
    <>
      {typed.levels.map((level, at) => (
        // Steps have no id: their place is what they are.
        <Level
          // oxlint-disable-next-line react/no-array-index-key
          key={at}
          at={at}
          of={level}
          onChange={(next) => replace(at, next)}
          onRemove={typed.levels.length === 1 ? undefined : () => replace(at, undefined)}
        />
      ))}
      {typed.levels.length < 5 ? (
        <Button
          mt="xs"
          variant="default"
          size="compact-sm"
          onClick={() => onChange({ levels: [...typed.levels, { roles: ['ao'], needs: 'one' }] })}
        >
          Add a step
        </Button>
      ) : null}
    </>
  );
};

const Place = ({ typed, onChange }: Typing) => {
  const { boundaries } = useSession();
  return (
    <>
      <NativeSelect
        label="Requests for"
        value={typed.kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value as DeciderRule['kind'] })} // one of the options
        data={kinds.map((kind) => ({ value: kind, label: kindWords[kind] }))}
      />
      <div className={styles['pair']}>
        <NativeSelect
          label="Of"
          value={typed.boundary}
          onChange={(event) => onChange({ boundary: event.currentTarget.value })}
          data={[
            { value: '', label: 'every system without its own rule' },
            ...boundaries.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <NativeSelect
          label="Severity"
          value={typed.severity}
          onChange={(event) => onChange({ severity: event.currentTarget.value })}
          data={[{ value: '', label: 'any without its own rule' }, ...severities]}
        />
      </div>
    </>
  );
};

const Fields = ({ typed, onChange }: Typing) => (
  <>
    <NativeSelect
      mt="sm"
      label="Who decides"
      value={typed.mode}
      onChange={(event) => onChange({ mode: event.currentTarget.value as Mode })} // one of the options
      data={[
        { value: 'levels', label: 'people, in these steps' },
        { value: 'nobody', label: 'nobody: it holds when it is asked for' },
        { value: 'refused', label: 'such a request is refused' },
      ]}
    />
    {typed.mode === 'levels' ? <Levels typed={typed} onChange={onChange} /> : null}
    {typed.mode === 'refused' ? null : (
      <div className={styles['pair']}>
        <TextInput
          label="To be answered within days (optional)"
          inputMode="numeric"
          value={typed.within}
          error={isDays(typed.within, 365) ? undefined : '1 to 365'}
          onChange={(event) => onChange({ within: event.currentTarget.value })}
        />
        <TextInput
          label="Holds at most days (optional)"
          inputMode="numeric"
          value={typed.longest}
          error={isDays(typed.longest, 3650) ? undefined : '1 to 3650'}
          onChange={(event) => onChange({ longest: event.currentTarget.value })}
        />
      </div>
    )}
    <TextInput
      mt="sm"
      label="Note (optional)"
      description={typed.mode === 'refused' ? 'Whoever asks reads it as the reason' : undefined}
      value={typed.note}
      maxLength={500}
      onChange={(event) => onChange({ note: event.currentTarget.value })}
    />
  </>
);

/** @param of what is there; kind, system and severity can still be changed, and so another rule is made. */
export const DeciderDialog = ({
  of,
  onClose,
}: {
  readonly of: Partial<DeciderRule>;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState(() => typedOf(of));
  const change = (part: Partial<Typed>): void => setTyped((before) => ({ ...before, ...part }));
  const isComplete =
    isDays(typed.within, 365) &&
    isDays(typed.longest, 3650) &&
    (typed.mode !== 'levels' || typed.levels.every(({ roles }) => roles.length > 0));
  const levels = typed.mode === 'levels' ? [...typed.levels] : [];
  return (
    <ActionDialog
      title="Who decides"
      verb="Save"
      size="lg"
      incomplete={!isComplete}
      onClose={onClose}
      onRun={async () => {
        await setDecider({
          kind: typed.kind,
          boundary: typed.boundary === '' ? null : typed.boundary,
          severity: severities.find((each) => each === typed.severity) ?? null,
          levels,
          isRefused: typed.mode === 'refused',
          answerWithinDays: typed.mode === 'refused' ? null : daysOf(typed.within),
          longestDays: typed.mode === 'refused' ? null : daysOf(typed.longest),
          note: typed.note.trim() === '' ? null : typed.note.trim(),
        });
        await queryClient.invalidateQueries({ queryKey: ['deciders'] });
        tell('Saved. Requests that wait keep the deciders that they were asked of.');
        onClose();
      }}
    >
      <Place typed={typed} onChange={change} />
      <Fields typed={typed} onChange={change} />
      <p className="quiet" style={{ marginTop: 12 }} role="status">
        So: {whoWords({ isRefused: typed.mode === 'refused', levels })}.
      </p>
    </ActionDialog>
  );
};
