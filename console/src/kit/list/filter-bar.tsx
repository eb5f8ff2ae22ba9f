/** The filters of a list as chips, with a picker whose names and values are the server's. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { Popover } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { FilterSpec, ListDefinition } from '../../api/lists.ts';
import styles from './filter-bar.module.css';
import { FilterEditor } from './filter-editor.tsx';
import { shortTitle, valueWords } from './filter-words.ts';
import type { ListState } from './list-state.ts';

/** The search field: its words are the filter `q`. */
const SearchField = ({ state, label }: { readonly state: ListState; readonly label: string }) => {
  const words = state.filters['q'] ?? '';
  const [text, setText] = useState(words);
  const typed = useRef(words);
  const apply = useDebouncedCallback((next: string) => {
    typed.current = next;
    state.setFilter('q', next.trim() === '' ? undefined : next.trim());
  }, 150);
  useEffect(() => {
    if (words !== typed.current.trim()) setText(words);
    typed.current = words;
  }, [words]);
  return (
    <input
      type="search"
      className={styles['search']}
      aria-label={label}
      placeholder={label}
      value={text}
      data-list-search
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
};

const Chip = ({
  name,
  spec,
  state,
}: {
  readonly name: string;
  readonly spec: FilterSpec | undefined;
  readonly state: ListState;
}) => {
  const [opened, setOpened] = useState(false);
  const value = state.filters[name] ?? '';
  const title = shortTitle(name, spec);
  return (
    <span className={styles['chip']}>
      <Popover opened={opened} onChange={setOpened} width={280} position="bottom-start" trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={styles['chipText']}
            disabled={spec === undefined}
            onClick={() => setOpened(!opened)}
          >
            <span className="quiet">{title}:</span> {valueWords(spec, value)}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={`Filter: ${title}`}>
          {spec ? (
            <FilterEditor
              spec={spec}
              value={value}
              onChange={(next) => {
                state.setFilter(name, next);
                if (spec.kind !== 'choice') setOpened(false);
              }}
            />
          ) : null}
        </Popover.Dropdown>
      </Popover>
      <button
        type="button"
        className={styles['chipRemove']}
        aria-label={`Remove the filter ${title}`}
        onClick={() => state.setFilter(name, undefined)}
      >
        <IconX size={12} aria-hidden />
      </button>
    </span>
  );
};

const FilterNames = ({
  definition,
  onChoose,
}: {
  readonly definition: ListDefinition;
  readonly onChoose: (name: string) => void;
}) => {
  const [words, setWords] = useState('');
  const needle = words.trim().toLowerCase();
  const names = Object.entries(definition.filters).filter(
    ([name, { title }]) => name !== 'q' && `${name} ${title}`.toLowerCase().includes(needle),
  );
  return (
    <>
      <input
        className={styles['pickerSearch']}
        aria-label="Find a filter"
        placeholder="Find a filter"
        data-autofocus
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && names[0]) onChoose(names[0][0]);
        }}
      />
      <ul className={styles['names']}>
        {names.map(([name, { title }]) => (
          <li key={name}>
            <button type="button" onClick={() => onChoose(name)}>
              {title}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
};

const Picker = ({
  definition,
  state,
}: {
  readonly definition: ListDefinition;
  readonly state: ListState;
}) => {
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const spec = chosen === undefined ? undefined : definition.filters[chosen];
  const reset = (open: boolean): void => {
    setOpened(open);
    setChosen(undefined);
  };
  return (
    <Popover opened={opened} onChange={reset} width={280} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles['add']} data-list-add-filter onClick={() => reset(!opened)}>
          <IconPlus size={12} aria-hidden /> Filter
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add a filter">
        {chosen !== undefined && spec ? (
          <FilterEditor
            spec={spec}
            value={state.filters[chosen] ?? ''}
            onChange={(value) => {
              state.setFilter(chosen, value);
              if (spec.kind !== 'choice') reset(false);
            }}
          />
        ) : (
          <FilterNames definition={definition} onChoose={setChosen} />
        )}
      </Popover.Dropdown>
    </Popover>
  );
};

export const FilterBar = ({
  definition,
  state,
  fixed,
  searchLabel,
}: {
  readonly definition: ListDefinition | undefined;
  readonly state: ListState;
  /** Filters of the page itself, not shown. */
  readonly fixed?: readonly string[] | undefined;
  readonly searchLabel: string;
}) => {
  const shown = Object.keys(state.filters).filter((name) => name !== 'q' && !(fixed ?? []).includes(name));
  return (
    <div className={styles['bar']} role="search" aria-label="Filters">
      {definition && !('q' in definition.filters) ? null : <SearchField state={state} label={searchLabel} />}
      {shown.map((name) => (
        <Chip key={name} name={name} spec={definition?.filters[name]} state={state} />
      ))}
      {definition ? <Picker definition={definition} state={state} /> : null}
      {shown.length > 0 ? (
        <button
          type="button"
          className={styles['add']}
          onClick={() => state.setFilters({ system: undefined })}
        >
          Clear
        </button>
      ) : null}
    </div>
  );
};
