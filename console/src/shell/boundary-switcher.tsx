import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { Button, Popover, TextInput } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import styles from './shell.module.css';
import { useSession } from './use-session.ts';

const mostShown = 50;

/** The systems of the search parameter `system`; undefined: all of them, or a filter that is no plain list. */
function chosenOf(system: string | undefined): readonly string[] {
  return system === undefined || system.startsWith('!') || system === 'none' || system === 'any'
    ? []
    : system.split(',');
}

/** Cuts every page to some of one's systems (authorization boundaries): the search parameter `system`. */
export const BoundarySwitcher = () => {
  const { boundaries } = useSession();
  const router = useRouter();
  const { system } = useSearch({ strict: false });
  const [words, setWords] = useState('');
  const chosen = chosenOf(system);
  const choose = (ids: readonly string[]): void =>
    void router.navigate({
      to: '.',
      search: (before) => ({ ...before, system: ids.length === 0 ? undefined : ids.join(',') }),
    });
  const needle = words.trim().toLowerCase();
  const matching = boundaries.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(needle));
  const only = boundaries.find(({ id }) => chosen.length === 1 && id === chosen[0]);
  const label = chosen.length === 0 ? 'All my systems' : (only?.name ?? `${chosen.length} systems`);
  return (
    <Popover position="bottom-start" width={320} trapFocus returnFocus onClose={() => setWords('')}>
      <Popover.Target>
        <button type="button" className={`${styles['headerButton']} ${styles['boundary']}`}>
          <span className="quiet">Systems</span>
          <span className="cut strong">{label}</span>
          <IconChevronDown size={12} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Systems shown on every page">
        <TextInput
          aria-label="Search my systems"
          placeholder="Search my systems"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <div className={styles['boundaries']}>
          {matching.slice(0, mostShown).map(({ id, name }) => (
            <label key={id} className={styles['boundaryRow']}>
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={(event) =>
                  choose(event.currentTarget.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
                }
              />
              <span className="cut">{name}</span>
              <span className="quiet mono" style={{ whiteSpace: 'nowrap' }}>
                {id}
              </span>
            </label>
          ))}
          {matching.length === 0 ? <p className="quiet">No system of yours has this name.</p> : null}
          {matching.length > mostShown ? (
            <p className="quiet">{matching.length - mostShown} more: type a part of the name.</p>
          ) : null}
        </div>
        <Button variant="default" fullWidth disabled={chosen.length === 0} onClick={() => choose([])}>
          Show all my systems
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
};
