/** Fields of the form of a workflow: each shows one place of its YAML, with what is wrong there. */
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { conditionCompletionAt, fillCompletionAt } from '../completion.ts';
import { CompletedText } from '../completed-text.tsx';
import styles from '../workflows.module.css';
import { type Path, withValue, withYaml, yamlAt } from './document.ts';
import { fieldId, shownText, useForm, useProblems, useValue } from './form-state.ts';

export interface FieldProps {
  readonly path: Path;
  readonly label: string;
  readonly meaning?: ReactNode;
  readonly isRequired?: boolean;
}

/** What a field of Mantine is given. */
export function useShown({ path, label, meaning, isRequired = false }: FieldProps) {
  const error = useProblems(path, true);
  return { id: fieldId(path), label, description: meaning, error, required: isRequired };
}

/** Emptied, one that is required stays as an empty text, so that its comment and its place stay too. */
const said = (text: string, isRequired: boolean): string | undefined =>
  text === '' && !isRequired ? undefined : text;

export const TextField = (props: FieldProps & { readonly isLong?: boolean }) => {
  const [value, set] = useValue(props.path);
  const shown = useShown(props);
  const text = {
    ...shown,
    value: shownText(value),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      set(said(event.currentTarget.value, shown.required)),
  };
  return props.isLong === true ? <Textarea {...text} autosize minRows={2} /> : <TextInput {...text} />;
};

/** What a text with completion is given. */
function useCompleted(props: FieldProps) {
  const [value, set] = useValue(props.path);
  const shown = useShown(props);
  return {
    ...shown,
    value: shownText(value),
    onChange: (text: string) => set(said(text, shown.required)),
  };
}

/** A text in which fields of the record may stand; they are offered behind a brace. */
export const FilledField = (props: FieldProps) => {
  const { kind, aids } = useForm();
  return (
    <CompletedText
      {...useCompleted(props)}
      isCode={false}
      find={(text, caret) => fillCompletionAt(text, caret, { kind, aids })}
    />
  );
};

/** A condition in CEL. */
export const ConditionField = (props: FieldProps) => {
  const { kind, aids } = useForm();
  return (
    <CompletedText
      {...useCompleted(props)}
      find={(text, caret, isAsked) => conditionCompletionAt(text, caret, { kind, aids }, isAsked)}
    />
  );
};

/** What is not a number stays as it was typed, and the check says so. */
const numberOf = (text: string): number | string | undefined =>
  text.trim() === '' ? undefined : /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text;

export const NumberField = (props: FieldProps & { readonly placeholder?: string }) => {
  const [value, set] = useValue(props.path);
  return (
    <TextInput
      {...useShown(props)}
      className={styles['number'] ?? ''}
      inputMode="numeric"
      placeholder={props.placeholder}
      value={shownText(value)}
      onChange={(event) => set(numberOf(event.currentTarget.value))}
    />
  );
};

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** @param unset what is shown where nothing is said; absent: one is to be chosen. @param byDefault the value that need not be written. */
export const ChoiceField = (
  props: FieldProps & { readonly choices: readonly Choice[]; readonly byDefault?: string },
) => {
  const { choices, byDefault, isRequired = false } = props;
  const [value, set] = useValue(props.path);
  const present = value === undefined ? (byDefault ?? '') : shownText(value);
  const isKnown = choices.some((choice) => choice.value === present);
  const none = byDefault === undefined && (!isRequired || present === '');
  return (
    <NativeSelect
      {...useShown(props)}
      value={present}
      data={[
        ...(none ? [{ value: '', label: isRequired ? 'Choose' : '–' }] : []),
        ...(isKnown || present === '' ? [] : [{ value: present, label: `${present} (unknown)` }]),
        ...choices,
      ]}
      onChange={({ currentTarget: { value: chosen } }) =>
        set(chosen === '' || chosen === byDefault ? undefined : chosen)
      }
    />
  );
};

/** One or more of some words. */
export const ChoicesField = ({ choices, ...props }: FieldProps & { readonly choices: readonly Choice[] }) => {
  const [value, set] = useValue(props.path);
  const { id, label, description, error } = useShown(props);
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  const toggle = (word: string, isOn: boolean): void => {
    const next = isOn ? [...chosen, word] : chosen.filter((each) => each !== word);
    set(next.length === 0 && props.isRequired !== true ? undefined : next);
  };
  return (
    <fieldset className={styles['choices']} id={id} tabIndex={-1}>
      <legend>{label}</legend>
      {description === undefined ? null : <p className="quiet">{description}</p>}
      {choices.map((choice) => (
        <label key={choice.value}>
          <input
            type="checkbox"
            checked={chosen.includes(choice.value)}
            onChange={(event) => toggle(choice.value, event.currentTarget.checked)}
          />
          {choice.label}
        </label>
      ))}
      {error === undefined ? null : <p className="bad">{error}</p>}
    </fieldset>
  );
};

/** What the form has no field for, as YAML in its place. What cannot be read stays in the field, and is not in the workflow yet. */
export const YamlField = (
  props: FieldProps & { readonly canRemove?: boolean; readonly placeholder?: string },
) => {
  const { source, change } = useForm();
  const [draft, setDraft] = useState<string>();
  const { error, ...shown } = useShown(props);
  const present = yamlAt(source, props.path);
  const isUnreadable = draft !== undefined && withYaml(source, props.path, draft) === undefined;
  return (
    <div>
      <Textarea
        {...shown}
        className={styles['condition'] ?? ''}
        error={isUnreadable ? 'This YAML cannot be read: it is not in the workflow yet.' : error}
        value={draft ?? present}
        placeholder={props.placeholder}
        spellCheck={false}
        autosize
        minRows={1}
        onChange={({ currentTarget: { value } }) => {
          if (value.trim() === '') {
            setDraft(undefined);
            change(withValue(source, props.path, undefined));
            return;
          }
          const changed = withYaml(source, props.path, value);
          // As it is typed, until the field is left: rewritten at once, it would move under the caret.
          setDraft(changed === undefined || yamlAt(changed, props.path) !== value ? value : undefined);
          if (changed !== undefined) change(changed);
        }}
        onBlur={() => {
          if (!isUnreadable) setDraft(undefined);
        }}
      />
      {props.canRemove === true ? (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Remove ${props.label}`}
          onClick={() => change(withValue(source, props.path, undefined))}
        >
          remove
        </Button>
      ) : null}
    </div>
  );
};

/** Keys that no field shows: nothing of a workflow is out of sight. */
export const FurtherKeys = ({
  path,
  of,
  shown,
}: {
  readonly path: Path;
  readonly of: unknown;
  /** Keys that have a field. */
  readonly shown: readonly string[];
}) => {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) return null;
  return Object.keys(of)
    .filter((key) => !shown.includes(key))
    .map((key) => (
      <YamlField
        key={key}
        path={[...path, key]}
        label={key}
        meaning="The form has no field for it; it is kept as it is."
        canRemove
      />
    ));
};
