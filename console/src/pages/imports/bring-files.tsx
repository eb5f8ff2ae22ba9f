/** Where files are dropped or chosen, and under which source they are filed. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import { type Place, type ImportPlaces, placesQuery } from '../../api/imports.ts';
import type { PoamPlace } from '../../api/work/poam-imports.ts';
import { tell } from '../../kit/notice.tsx';
import { useSession } from '../../shell/use-session.ts';
import styles from './imports.module.css';
import { bringPoamFiles, isPoamFile, PoamPlaceFields } from './poam-files.tsx';
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

/** What is done with files that were dropped or chosen: each by its kind. */
function useBring(chosen: Chosen, poamPlace: PoamPlace, places: ImportPlaces | undefined) {
  const navigate = useNavigate();
  return (list: FileList | null): void => {
    const files = [...(list ?? [])];
    const poams = files.filter((file) => isPoamFile(file));
    const scans = files.filter((file) => !isPoamFile(file));
    if (scans.length > 0) bring(scans, placeOf(chosen), places);
    if (poams.length > 0)
      void bringPoamFiles(
        poams,
        poamPlace,
        (poamImportId) => void navigate({ to: '/poam-files/$poamImportId', params: { poamImportId } }),
      );
  };
}

export const BringFiles = () => {
  const places = useQuery(placesQuery).data;
  const [chosen, setChosen] = useState<Chosen>({ source: '', newName: '', zone: '', keepPartial: false });
  const [poamPlace, setPoamPlace] = useState<PoamPlace>({ boundary: undefined, acceptMissing: false });
  const { boundaries } = useSession();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = useBring(chosen, poamPlace, places);
  return (
    <section className={styles['bring']} aria-label="Bring files">
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
          Drop scan files (.nessus, .csv; also in a .gz or .zip), STIG checklists (.ckl, .cklb, XCCDF .xml) or
          POA&amp;M files (.xlsx, .xlsm, OSCAL .json) here
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
          aria-label="Files"
          accept=".nessus,.xml,.csv,.gz,.zip,.ckl,.cklb,.xlsx,.xlsm,.json"
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
        <Button onClick={() => input.current?.click()}>Choose files</Button>
      </div>
      <div>
        <PlaceFields places={places} chosen={chosen} onChange={setChosen} />
        <PoamPlaceFields boundaries={boundaries} place={poamPlace} onChange={setPoamPlace} />
      </div>
    </section>
  );
};

/** Only files of POA&Ms: what an ISSO brings for their own boundary. */
export const BringPoamFiles = () => {
  const navigate = useNavigate();
  const [place, setPlace] = useState<PoamPlace>({ boundary: undefined, acceptMissing: false });
  const { boundaries } = useSession();
  const id = useId();
  const take = (files: readonly File[]): void =>
    void bringPoamFiles(
      files,
      place,
      (poamImportId) => void navigate({ to: '/poam-files/$poamImportId', params: { poamImportId } }),
    );
  return (
    <section className={styles['bring']} aria-label="Bring POA&M files">
      <div className={styles['drop']}>
        <label htmlFor={id}>POA&amp;M files: FedRAMP or eMASS workbooks (.xlsx, .xlsm), OSCAL (.json)</label>
        <input
          id={id}
          type="file"
          multiple
          accept=".xlsx,.xlsm,.json"
          onChange={(event) => {
            take([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <div className="quiet">What a file would change is shown first; nothing is imported before that.</div>
      </div>
      <PoamPlaceFields boundaries={boundaries} place={place} onChange={setPlace} />
    </section>
  );
};
