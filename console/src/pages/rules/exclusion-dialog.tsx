/** Excludes findings from weaknesses until a day. */
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { addExclusion, type Rules } from '../../api/rules.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import styles from './rules.module.css';

const parts = [
  ['plugin', 'Plugin', '20001'],
  ['cve', 'CVE', 'CVE-2026-20001'],
  ['asset', 'Asset (its UUID)', ''],
  ['network', 'Network (CIDR)', '10.9.0.0/16'],
  ['tag', 'Tag', 'environment:test'],
] as const;
type Part = (typeof parts)[number][0];

interface Given {
  /** Empty: every boundary. */
  readonly system: string;
  readonly scope: Readonly<Partial<Record<Part, string>>>;
  readonly until: string;
}

const ScopeFields = ({
  boundaries,
  given: { system, scope, until },
  set,
}: {
  readonly boundaries: Rules['boundaries'];
  readonly given: Given;
  readonly set: (change: Partial<Given>) => void;
}) => {
  const id = useId();
  return (
    <div className={styles['form']}>
      <div className={styles['wide']}>
        <label htmlFor={`${id}-system`}>Boundary</label>
        <select
          id={`${id}-system`}
          value={system}
          onChange={(event) => set({ system: event.currentTarget.value })}
        >
          {boundaries.map((each) => (
            <option key={each.systemId} value={each.systemId}>
              {each.name}
            </option>
          ))}
          <option value="">every boundary</option>
        </select>
      </div>
      {parts.map(([name, title, example]) => (
        <div key={name} className={styles['wide']}>
          <label htmlFor={`${id}-${name}`}>{title}</label>
          <input
            id={`${id}-${name}`}
            type="text"
            placeholder={example}
            value={scope[name] ?? ''}
            onChange={(event) => set({ scope: { ...scope, [name]: event.currentTarget.value } })}
          />
        </div>
      ))}
      <div className={styles['wide']}>
        <label htmlFor={`${id}-until`}>Last day</label>
        <input
          id={`${id}-until`}
          type="date"
          required
          value={until}
          onChange={(event) => set({ until: event.currentTarget.value })}
        />
      </div>
    </div>
  );
};

export const ExclusionDialog = ({
  boundaries,
  onClose,
}: {
  readonly boundaries: Rules['boundaries'];
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const [{ system, scope, until }, setGiven] = useState<Given>(() => ({
    system: boundaries[0]?.systemId ?? '',
    scope: {},
    until: '',
  }));
  const set = (change: Partial<Given>): void => setGiven((before) => ({ ...before, ...change }));
  const given = Object.fromEntries(
    Object.entries(scope).flatMap(([name, value]) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  );
  return (
    <ActionDialog
      title="Exclude findings from weaknesses"
      verb="Exclude"
      reason="required"
      incomplete={Object.keys(given).length === 0 || until === ''}
      onClose={onClose}
      onRun={async (reason) => {
        const added = await addExclusion({
          systemId: system === '' ? null : system,
          scope: given,
          reason: reason ?? '',
          // To the end of the day, in UTC.
          expiresAt: new Date(Date.parse(`${until}T00:00:00Z`) + 86_400_000).toISOString(),
        });
        await queryClient.invalidateQueries({ queryKey: ['rules'] });
        onClose();
        tell(
          `${added.findings} open ${added.findings === 1 ? 'finding makes' : 'findings make'} no weakness until ${until}.`,
        );
      }}
    >
      <p className="quiet">
        All that is filled in must be true of a finding. It is counted and listed meanwhile, and makes
        weaknesses again by itself afterwards.
      </p>
      <ScopeFields boundaries={boundaries} given={{ system, scope, until }} set={set} />
    </ActionDialog>
  );
};
