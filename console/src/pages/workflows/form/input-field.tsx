/** The field of one input of an action, by its shape. */
import { Autocomplete, Button, Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionsQuery } from '../../../api/connections.ts';
import { alertChannelsQuery } from '../../../api/work/alerts.ts';
import { templatesQuery } from '../../../api/work/reports.ts';
import { AssigneeField } from '../../../kit/assignee-field.tsx';
import { useMay } from '../../../shell/use-session.ts';
import styles from '../workflows.module.css';
import { isPlain, type Path } from './document.ts';
import {
  ChoiceField,
  ChoicesField,
  type FieldProps,
  FilledField,
  NumberField,
  TextField,
  useShown,
  YamlField,
} from './fields.tsx';
import { fieldId, shownText, useForm, useProblems, useValue } from './form-state.ts';
import { type Input, type InputShape, labelOf, type Picks } from './inputs.ts';

/** Names of a list that may be seen; any other may be typed. */
function useNames(picks: Exclude<Picks, 'assignee'>): readonly string[] {
  const channels = useQuery({
    ...alertChannelsQuery,
    enabled: useMay('alert:read') && picks === 'channel',
  });
  const connections = useQuery({
    ...connectionsQuery,
    enabled: useMay('sync:read') && picks === 'connection',
  });
  const templates = useQuery({
    ...templatesQuery,
    enabled: useMay('report:read') && picks === 'report_template',
  });
  return {
    channel: channels.data?.map(({ name }) => name) ?? [],
    connection: connections.data?.items.map(({ connection }) => connection) ?? [],
    report_template: templates.data?.items.map(({ name }) => name) ?? [],
  }[picks];
}

interface PickedText extends FieldProps {
  readonly value: string;
  readonly set: (value: string) => void;
}

const NameField = ({
  picks,
  value,
  set,
  ...field
}: PickedText & { readonly picks: Exclude<Picks, 'assignee'> }) => (
  <Autocomplete {...useShown(field)} value={value} data={[...useNames(picks)]} onChange={set} />
);

const PersonField = ({ value, set, ...field }: PickedText) => (
  <AssigneeField {...useShown(field)} value={value} onChange={set} />
);

const PickedField = ({ picks, ...field }: FieldProps & { readonly picks: Picks }) => {
  const [value, set] = useValue(field.path);
  const given = {
    ...field,
    value: shownText(value),
    set: (text: string) => set(text === '' && field.isRequired !== true ? undefined : text),
  };
  return picks === 'assignee' ? <PersonField {...given} /> : <NameField {...given} picks={picks} />;
};

/** Several texts, each in a field of its own. */
const TextsField = ({ picks, ...field }: FieldProps & { readonly picks: Picks | undefined }) => {
  const [value, set] = useValue(field.path);
  const error = useProblems(field.path);
  const texts: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <fieldset className={styles['texts']} id={fieldId(field.path)} tabIndex={-1}>
      <legend>{field.label}</legend>
      {field.meaning === undefined ? null : <p className="quiet">{field.meaning}</p>}
      {texts.map((_text, at) => {
        const one = { path: [...field.path, at], label: `${field.label} ${at + 1}`, isRequired: true };
        return (
          <div key={at} className={styles['row']}>
            {picks === undefined ? <TextField {...one} /> : <PickedField {...one} picks={picks} />}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Remove ${one.label}`}
              onClick={() => set(texts.length === 1 ? undefined : texts.filter((_each, n) => n !== at))}
            >
              remove
            </Button>
          </div>
        );
      })}
      <Button size="compact-xs" variant="default" onClick={() => set([...texts, ''])}>
        Add {field.label.toLowerCase()}
      </Button>
      {error === undefined ? null : <p className="bad">{error}</p>}
    </fieldset>
  );
};

/** One value of a map: a text, or YAML where it is none. */
const MapValue = ({ path, empties }: { readonly path: Path; readonly empties: boolean }) => {
  const [value, set] = useValue(path);
  const field = { path, label: labelOf(String(path.at(-1))) };
  const shown = useShown(field);
  if (typeof value === 'object' && value !== null) return <YamlField {...field} />;
  return (
    <TextInput
      {...shown}
      placeholder={empties ? '(emptied)' : ''}
      value={shownText(value)}
      onChange={({ currentTarget: { value: text } }) => {
        const isNumber = typeof value === 'number' && /^-?\d+(?:\.\d+)?$/.test(text);
        set(isNumber ? Number(text) : text === '' && empties ? null : text);
      }}
    />
  );
};

const MapField = ({ empties, ...field }: FieldProps & { readonly empties: boolean }) => {
  const [value, set] = useValue(field.path);
  const error = useProblems(field.path);
  const [name, setName] = useState('');
  const named = isPlain(value) ? Object.keys(value) : [];
  const add = (): void => {
    set({ ...(isPlain(value) ? value : {}), [name.trim()]: '' });
    setName('');
  };
  return (
    <fieldset className={styles['texts']} id={fieldId(field.path)} tabIndex={-1}>
      <legend>{field.label}</legend>
      {field.meaning === undefined ? null : <p className="quiet">{field.meaning}</p>}
      {named.map((key) => (
        <div key={key} className={styles['row']}>
          <MapValue path={[...field.path, key]} empties={empties} />
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Remove ${labelOf(key)}`}
            onClick={() => {
              const { [key]: _gone, ...rest } = isPlain(value) ? value : {};
              set(Object.keys(rest).length === 0 && field.isRequired !== true ? undefined : rest);
            }}
          >
            remove
          </Button>
        </div>
      ))}
      <div className={styles['row']}>
        <TextInput
          label={`New name in ${field.label.toLowerCase()}`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          size="compact-xs"
          variant="default"
          disabled={name.trim() === '' || named.includes(name.trim())}
          onClick={add}
        >
          Add
        </Button>
      </div>
      {error === undefined ? null : <p className="bad">{error}</p>}
    </fieldset>
  );
};

const YesField = ({ byDefault, ...field }: FieldProps & { readonly byDefault: boolean }) => {
  const [value, set] = useValue(field.path);
  const { required: _required, ...shown } = useShown(field);
  return (
    <Checkbox
      {...shown}
      checked={value === undefined ? byDefault : value === true}
      onChange={({ currentTarget: { checked } }) => set(checked === byDefault ? undefined : checked)}
    />
  );
};

/** Whether a value is what a field of the shape can show; any other stands as YAML. */
function fits(shape: InputShape, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  switch (shape.is) {
    case 'texts':
    case 'choices':
      return Array.isArray(value) && value.every((each) => typeof each !== 'object');
    case 'map':
      return isPlain(value);
    case 'yes':
      return typeof value === 'boolean';
    case 'text':
    case 'choice':
    case 'number':
    case 'yaml':
      return typeof value !== 'object';
  }
}

export const InputField = ({ of, path }: { readonly of: Input; readonly path: Path }) => {
  const { roles } = useForm().aids;
  const [value] = useValue(path);
  const { shape, label, meaning, isRequired } = of;
  const field = { path, label, meaning, isRequired };
  const titleOf = (word: string): string =>
    roles.find(({ role }) => role === word)?.title ?? word.replaceAll('_', ' ');
  if (!fits(shape, value)) return <YamlField {...field} canRemove />;
  switch (shape.is) {
    case 'text':
      if (shape.picks !== undefined) return <PickedField {...field} picks={shape.picks} />;
      return shape.fills ? <FilledField {...field} /> : <TextField {...field} isLong={shape.isLong} />;
    case 'texts':
      return <TextsField {...field} picks={shape.picks} />;
    case 'choice':
    case 'choices': {
      const choices = shape.words.map((word) => ({ value: word, label: titleOf(word) }));
      return shape.is === 'choice' ? (
        <ChoiceField {...field} choices={choices} />
      ) : (
        <ChoicesField {...field} choices={choices} />
      );
    }
    case 'number':
      return <NumberField {...field} />;
    case 'yes':
      return <YesField {...field} byDefault={shape.byDefault} />;
    case 'map':
      return <MapField {...field} empties={shape.empties} />;
    case 'yaml':
      return <YamlField {...field} />;
  }
};
