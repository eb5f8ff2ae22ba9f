/** Where files are dropped or chosen, and under which source they are filed. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { type Place, type ImportPlaces, placesQuery } from '../../api/imports.ts';
import { tell } from '../../kit/notice.tsx';
import styles from './imports.module.css';
import { sendFiles } from './sending.ts';
import { sizeWords } from './words.ts';

/** As it is chosen in the form. */
interface Chosen {
  readonly source: string;
  readonly newName: string;
  readonly zone: string;
  readonly keepPartial: boolean;
}
const another = '\n';

const placeOf = ({ source, newName, zone, keepPartial }: Chosen): Place => ({
  source: source === another ? newName.trim() : source === '' ? undefined : source,
  newSource: source === another,
  zone: zone.trim() === '' ? undefined : zone.trim(),
  keepPartial,
});

interface PlaceProps {
  readonly places: ImportPlaces | undefined;
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
}

const SourceFields = ({ places, chosen, onChange }: PlaceProps) => {
  const id = useId();
  const usual = places?.usualSource ?? 'scan files';
  const others = places?.sources.filter((name) => name !== usual) ?? [];
  return (
    <>
      <label
        htmlFor={`${id}-source`}
        title="The network or scanner that the files come from. Assets of different sources are told apart."
      >
        Source
      </label>
      <select
        id={`${id}-source`}
        value={chosen.source}
        onChange={(event) => onChange({ ...chosen, source: event.currentTarget.value })}
      >
        <option value="">{usual}</option>
        {others.map((name) => (
          <option key={name}>{name}</option>
        ))}
        <option value={another}>Another one…</option>
      </select>
      {chosen.source === another ? (
        <>
          <label htmlFor={`${id}-name`}>Its name</label>
          <input
            id={`${id}-name`}
            type="text"
            maxLength={50}
            placeholder="enclave-7"
            value={chosen.newName}
            onChange={(event) => onChange({ ...chosen, newName: event.currentTarget.value })}
          />
        </>
      ) : null}
    </>
  );
};

const PlaceFields = (props: PlaceProps) => {
  const { chosen, onChange } = props;
  const id = useId();
  return (
    <div className={styles['place']}>
      <SourceFields {...props} />
      <label htmlFor={id} title="Of times in the file that name no zone. It is kept with the source.">
        Time zone
      </label>
      <input
        id={id}
        type="text"
        maxLength={64}
        placeholder="only if the file names none, e.g. Europe/Berlin"
        value={chosen.zone}
        onChange={(event) => onChange({ ...chosen, zone: event.currentTarget.value })}
      />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={chosen.keepPartial}
          onChange={(event) => onChange({ ...chosen, keepPartial: event.currentTarget.checked })}
        />
        Of a broken file, keep the hosts that are whole
      </label>
    </div>
  );
};

/** Starts sending what fits, and says what does not. */
function bring(files: readonly File[], place: Place, places: ImportPlaces | undefined): void {
  if (place.source === '') {
    tell('Name the other source first; nothing was sent.');
    return;
  }
  const most = places?.maxBytes ?? Infinity;
  const fits = files.filter(({ size }) => size <= most);
  for (const { name, size } of files.filter((file) => !fits.includes(file)))
    tell(`${name} has ${sizeWords(size)}; the server accepts ${sizeWords(most)}. It was not sent.`);
  if (fits.length > 0) sendFiles(fits, place);
}

export const BringFiles = () => {
  const places = useQuery(placesQuery).data;
  const [chosen, setChosen] = useState<Chosen>({ source: '', newName: '', zone: '', keepPartial: false });
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (list: FileList | null): void => bring([...(list ?? [])], placeOf(chosen), places);
  return (
    <section className={styles['bring']} aria-label="Bring scan files">
      <div
        className={styles['drop']}
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files);
        }}
      >
        <div>
          Drop .nessus or .csv files here, also in a .gz or .zip
          <div className="quiet">
            {places === undefined
              ? ''
              : `up to ${sizeWords(places.maxBytes)} each; the same file twice changes nothing`}
          </div>
        </div>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label="Scan files"
          accept=".nessus,.xml,.csv,.gz,.zip"
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
        <Button onClick={() => input.current?.click()}>Choose files</Button>
      </div>
      <PlaceFields places={places} chosen={chosen} onChange={setChosen} />
    </section>
  );
};
