/** Ctrl K: pages, records by name or id, and what this page can do. */
import '@mantine/spotlight/styles.css';
import { Spotlight, createSpotlight } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { type KeyGroup, useKeyGroups } from '../kit/keys.ts';
import { areasOf } from './areas.ts';
import { type Hit, searchRecords } from './search-records.ts';
import { useSession } from './use-session.ts';

const [store, control] = createSpotlight();

/** Keys that make sense as a command: those with words, of this page. */
const pageActions = (groups: readonly KeyGroup[], needle: string) =>
  groups
    .filter((group) => group.title !== 'Everywhere')
    .flatMap((group) => group.keys)
    .filter((key) => key.does.toLowerCase().includes(needle));

const Group = ({
  label,
  entries,
}: {
  readonly label: string;
  readonly entries: readonly {
    readonly id: string;
    readonly label: string;
    readonly hint?: string;
    readonly run: () => void;
  }[];
}) =>
  entries.length === 0 ? null : (
    <Spotlight.ActionsGroup label={label}>
      {entries.map((entry) => (
        <Spotlight.Action
          key={entry.id}
          label={entry.label}
          description={entry.hint ?? ''}
          onClick={entry.run}
          highlightQuery={false}
        />
      ))}
    </Spotlight.ActionsGroup>
  );

function useHits(words: string): readonly Hit[] {
  const { permissions } = useSession();
  const [asked] = useDebouncedValue(words.trim(), 150);
  const { data } = useQuery({
    queryKey: ['palette', asked],
    queryFn: ({ signal }) => searchRecords(asked, permissions, signal),
    enabled: asked.length >= 2,
    placeholderData: keepPreviousData,
  });
  return asked.length >= 2 ? (data ?? []) : [];
}

export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const router = useRouter();
  const { permissions } = useSession();
  const groups = useKeyGroups();
  const [words, setWords] = useState('');
  const hits = useHits(words);
  const needle = words.trim().toLowerCase();
  useEffect(() => control.open(), []);
  const pages = areasOf(permissions).filter(({ title }) => title.toLowerCase().includes(needle));
  const actions = pageActions(groups, needle);
  return (
    <Spotlight.Root
      store={store}
      query={words}
      onQueryChange={setWords}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder="A page, host, system, POA&M id, plugin id or CVE"
        aria-label="Search or jump"
      />
      <Spotlight.ActionsList>
        <Group
          label="Pages"
          entries={pages.map(({ to, title }) => ({
            id: to,
            label: title,
            run: () => void router.navigate({ to }),
          }))}
        />
        <Group
          label="Records"
          entries={hits.map((hit) => ({
            id: hit.href,
            label: hit.title,
            hint: hit.kind,
            run: () => router.history.push(hit.href),
          }))}
        />
        <Group
          label="On this page"
          entries={actions.map((key) => ({
            id: key.press,
            label: key.does,
            hint: key.press,
            run: () => setTimeout(() => key.run(new KeyboardEvent('keydown')), 150),
          }))}
        />
        {pages.length + hits.length + actions.length === 0 ? (
          <Spotlight.Empty>Nothing has this name.</Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
};
