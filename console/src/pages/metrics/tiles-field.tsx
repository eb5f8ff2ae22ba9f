/** The tiles of a dashboard that is edited: put in order, removed, and added. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type DashboardRow, type MetricRow, metricsQuery } from '../../api/metrics.ts';
import styles from './metrics.module.css';
import { byWords } from './words.ts';

export type Tile = DashboardRow['tiles'][number];
const tileKey = ({ metric, measure, by }: Tile): string => `${metric}/${measure}/${by ?? ''}`;

interface Choice {
  readonly tile: Tile;
  readonly words: string;
}
const choicesOf = (metrics: readonly MetricRow[]): Choice[] =>
  metrics.flatMap(({ name, code, by, measures }) =>
    measures.flatMap(({ key, title }): Choice[] =>
      ([null, ...by] as const).map((each) => ({
        tile: { metric: name, measure: key, by: each },
        words: `${code === null ? '' : `${code} `}${title}${each === null ? '' : `, ${byWords(name, each)}`}`,
      })),
    ),
  );

const TileItem = ({
  words,
  moveUp,
  moveDown,
  remove,
}: {
  readonly words: string;
  /** Absent where it is the first, as `moveDown` is where it is the last. */
  readonly moveUp: (() => void) | undefined;
  readonly moveDown: (() => void) | undefined;
  readonly remove: () => void;
}) => (
  <li className={styles['tileItem']}>
    <span>{words}</span>
    <Button
      size="compact-xs"
      variant="subtle"
      disabled={moveUp === undefined}
      aria-label={`Move ${words} up`}
      onClick={moveUp}
    >
      up
    </Button>
    <Button
      size="compact-xs"
      variant="subtle"
      disabled={moveDown === undefined}
      aria-label={`Move ${words} down`}
      onClick={moveDown}
    >
      down
    </Button>
    <Button size="compact-xs" variant="subtle" aria-label={`Remove ${words}`} onClick={remove}>
      remove
    </Button>
  </li>
);

interface TilesFieldProps {
  readonly tiles: readonly Tile[];
  readonly setTiles: (tiles: readonly Tile[]) => void;
}

const AddTile = ({ choices, tiles, setTiles }: TilesFieldProps & { readonly choices: readonly Choice[] }) => {
  const left = choices.filter(({ tile }) => !tiles.some((each) => tileKey(each) === tileKey(tile)));
  return (
    <NativeSelect
      label="Add a tile"
      value=""
      disabled={tiles.length >= 24}
      data={[
        { value: '', label: 'Choose a metric' },
        ...left.map(({ tile, words }) => ({ value: tileKey(tile), label: words })),
      ]}
      onChange={(event) => {
        const found = left.find(({ tile }) => tileKey(tile) === event.currentTarget.value);
        if (found) setTiles([...tiles, found.tile]);
      }}
    />
  );
};

export const TilesField = ({ tiles, setTiles }: TilesFieldProps) => {
  const metrics = useQuery(metricsQuery);
  const choices = choicesOf(metrics.data?.items ?? []);
  const wordsOf = (tile: Tile): string =>
    choices.find((choice) => tileKey(choice.tile) === tileKey(tile))?.words ?? tile.metric;
  const move = (from: number, to: number): void =>
    setTiles(tiles.toSpliced(from, 1).toSpliced(to, 0, tiles[from] as Tile)); // from is an index of it
  return (
    <>
      <h3 style={{ marginTop: 16 }}>Tiles</h3>
      <ol className={styles['tileList']}>
        {tiles.map((tile, n) => (
          <TileItem
            key={tileKey(tile)}
            words={wordsOf(tile)}
            moveUp={n === 0 ? undefined : () => move(n, n - 1)}
            moveDown={n === tiles.length - 1 ? undefined : () => move(n, n + 1)}
            remove={() => setTiles(tiles.toSpliced(n, 1))}
          />
        ))}
      </ol>
      <AddTile choices={choices} tiles={tiles} setTiles={setTiles} />
    </>
  );
};
