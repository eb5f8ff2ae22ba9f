/** Parts of the dialogs of accounts: where something holds, what it changes, and a secret that is shown once. */
import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Scope } from '../../../../src/canonical/access/index.ts';
import { type GrantChange, grantChoicesQuery } from '../../api/access/accounts.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import styles from './access.module.css';
import { effectLines } from './words.ts';

export const Effect = ({ of }: { readonly of: GrantChange['effect'] }) => {
  const lines = effectLines(of);
  return (
    <div className={styles['effect']}>
      {lines.length === 0 ? <p className="quiet">It changes nothing.</p> : null}
      {lines.map(({ title, tone, permissions }) => (
        <div key={title}>
          <span className={tone}>{title}</span>
          <span>{permissions}</span>
        </div>
      ))}
    </div>
  );
};

/** A place is empty until a system is chosen: nothing is given nowhere. */
export const isEmptyPlace = (scope: Scope): boolean =>
  scope.kind === 'boundaries' && scope.systemIds.length === 0 && !scope.unassigned;

const everywhere: Scope = { kind: 'everywhere' };

interface Systems {
  readonly systemIds: readonly string[];
  readonly unassigned: boolean;
}

const SystemOptions = ({
  value: { systemIds, unassigned },
  onChange,
}: {
  readonly value: Systems;
  readonly onChange: (to: Systems) => void;
}) => (
  <Loaded query={useQuery(grantChoicesQuery)}>
    {({ boundaries }) => (
      <div className={styles['options']} role="group" aria-label="Systems" tabIndex={0}>
        {boundaries.map(({ id, name }) => (
          <label key={id} className={styles['option']}>
            <input
              type="checkbox"
              checked={systemIds.includes(id)}
              onChange={(event) => {
                const others = systemIds.filter((each) => each !== id);
                onChange({ systemIds: event.currentTarget.checked ? [...others, id] : others, unassigned });
              }}
            />
            <span>
              {name} <span className="mono quiet">{id}</span>
            </span>
          </label>
        ))}
        <label className={styles['option']}>
          <input
            type="checkbox"
            checked={unassigned}
            onChange={(event) => onChange({ systemIds, unassigned: event.currentTarget.checked })}
          />
          What is in no system
        </label>
      </div>
    )}
  </Loaded>
);

export const PlacePicker = ({
  value,
  onChange,
  onlyEverywhere,
}: {
  readonly value: Scope;
  readonly onChange: (scope: Scope) => void;
  /** Why it cannot be cut to systems; undefined: it can. */
  readonly onlyEverywhere?: string | undefined;
}) => {
  const [chosen, setChosen] = useState<Systems>({ systemIds: [], unassigned: false });
  const choose = (to: Systems): void => {
    setChosen(to);
    onChange({ kind: 'boundaries', ...to });
  };
  return (
    <fieldset>
      <legend>Where</legend>
      <label className={styles['option']}>
        <input
          type="radio"
          name="place"
          checked={value.kind === 'everywhere'}
          onChange={() => onChange(everywhere)}
        />
        Everywhere
      </label>
      {onlyEverywhere === undefined ? (
        <label className={styles['option']}>
          <input
            type="radio"
            name="place"
            checked={value.kind === 'boundaries'}
            onChange={() => choose(chosen)}
          />
          In some systems
        </label>
      ) : (
        <p className="quiet">{onlyEverywhere}</p>
      )}
      {value.kind === 'boundaries' ? <SystemOptions value={chosen} onChange={choose} /> : null}
    </fieldset>
  );
};

/** Shown once: nobody can read it again, and only its hash is kept. */
export const SecretShown = ({
  title,
  told,
  secret,
  what,
  onClose,
}: {
  readonly title: string;
  readonly told: string;
  readonly secret: string;
  readonly what: string;
  readonly onClose: () => void;
}) => (
  <Modal
    opened
    onClose={onClose}
    title={title}
    size="lg"
    closeOnClickOutside={false}
    closeOnEscape={false}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    <p>{told}</p>
    <div className={styles['secret']}>
      <code data-secret>{secret}</code>
      <CopyButton text={secret} what={what} />
    </div>
    <p className="attention" style={{ marginTop: 8 }}>
      It is shown only now. Hand it over in a way that others do not read.
    </p>
    <Button mt="md" onClick={onClose}>
      I have it
    </Button>
  </Modal>
);
