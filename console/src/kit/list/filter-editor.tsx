/** The value of one filter: what its kind asks for. A text that the server refuses is shown with its words above the list. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FilterSpec } from '../../api/lists.ts';
import styles from './filter-bar.module.css';

interface Props {
  readonly spec: FilterSpec;
  readonly value: string;
  readonly onChange: (value: string | undefined) => void;
}

const presets: Record<'behind' | 'ahead', readonly (readonly [string, string])[]> = {
  behind: [
    ['1d..', 'last day'],
    ['7d..', 'last 7 days'],
    ['30d..', 'last 30 days'],
    ['..30d', 'over 30 days ago'],
    ['..90d', 'over 90 days ago'],
  ],
  ahead: [
    ['..0d', 'overdue'],
    ['..7d', 'within 7 days'],
    ['..30d', 'within 30 days'],
    ['30d..', 'later'],
  ],
};

const Choices = ({ spec, value, onChange }: Props) => {
  const negated = value.startsWith('!');
  const chosen = value.replace(/^!/, '').split(',').filter(Boolean);
  const options = [...(spec.known ?? []), ...(spec.also ?? [])];
  const set = (next: readonly string[], not: boolean): void =>
    onChange(next.length === 0 ? undefined : `${not ? '!' : ''}${next.join(',')}`);
  return (
    <fieldset className={styles['choices']}>
      <legend className="hidden-text">{spec.title}</legend>
      {options.map((option) => (
        <label key={option} className={styles['choice']}>
          <input
            type="checkbox"
            checked={chosen.includes(option)}
            onChange={(event) =>
              set(
                event.currentTarget.checked ? [...chosen, option] : chosen.filter((each) => each !== option),
                negated,
              )
            }
          />
          {option}
        </label>
      ))}
      <label className={`${styles['choice']} ${styles['not']}`}>
        <input
          type="checkbox"
          checked={negated}
          disabled={chosen.length === 0}
          onChange={(event) => set(chosen, event.currentTarget.checked)}
        />
        none of these
      </label>
    </fieldset>
  );
};

const Presets = ({
  options,
  onChange,
}: {
  options: readonly (readonly [string, string])[];
  onChange: Props['onChange'];
}) => (
  <div className={styles['presets']}>
    {options.map(([option, words]) => (
      <button key={option} type="button" className={styles['preset']} onClick={() => onChange(option)}>
        {words}
      </button>
    ))}
  </div>
);

const hints: Record<FilterSpec['kind'], string> = {
  choice: '',
  flag: '',
  word: 'Several, separated by commas. A leading ! means none of them.',
  text: 'All words must be in it.',
  address: 'An address or network: 10.2.3.4, 10.2.0.0/16. Several by commas.',
  number: 'A number or a range: 7, 7..9, 7.. or ..9',
  instant: 'A day or a range: 2026-12-01, 30d.. or ..2026-12-31',
};

const Typed = ({ spec, value, onChange }: Props) => {
  const [text, setText] = useState(value);
  const options =
    spec.kind === 'instant'
      ? presets[spec.lies ?? 'behind']
      : (spec.known ?? []).map((each) => [each, each] as const);
  const also = (spec.also ?? []).map(
    (each) => [each, each === 'none' ? 'nothing there' : 'anything there'] as const,
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(text.trim() === '' ? undefined : text.trim());
      }}
    >
      <Presets options={[...options, ...also]} onChange={onChange} />
      <TextInput
        label={spec.title}
        description={hints[spec.kind]}
        placeholder={spec.example ?? ''}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <Button type="submit" mt="sm" fullWidth>
        Apply
      </Button>
    </form>
  );
};

export const FilterEditor = (props: Props) => {
  if (props.spec.kind === 'choice') return <Choices {...props} />;
  if (props.spec.kind === 'flag')
    return (
      <Presets
        options={[
          ['yes', 'yes'],
          ['no', 'no'],
        ]}
        onChange={props.onChange}
      />
    );
  return <Typed {...props} />;
};
