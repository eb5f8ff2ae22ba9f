import { Button } from '@mantine/core';
import { useState } from 'react';
import type { FieldValue, FieldView } from '../../api/poams.ts';
import { useKeys } from '../../kit/keys.ts';
import styles from './poam.module.css';
import { implementationStatuses, statuses } from './words.ts';

type Kind = 'day' | 'status' | 'implementation' | 'long' | 'list' | 'number' | 'text';
const kinds: Readonly<Record<string, Kind>> = {
  scheduled_completion: 'day',
  actual_completion: 'day',
  original_detection_date: 'day',
  status: 'status',
  weakness_description: 'long',
  remediation_plan: 'long',
  resources_required: 'long',
  deviation_rationale: 'long',
  comments: 'long',
  compliance_scope: 'list',
  acr_override: 'number',
  implementation_status: 'implementation',
  evidence_required: 'list',
  assessment_frequency_months: 'number',
  next_assessment_date: 'day',
};

function kindOf({ field, here }: Pick<FieldView, 'field' | 'here'>): Kind {
  return kinds[field] ?? (Array.isArray(here) ? 'list' : 'text');
}

function asText(value: FieldValue, kind: Kind): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join('\n');
  return kind === 'day' ? String(value).slice(0, 10) : String(value);
}

function asValue(text: string, kind: Kind): FieldValue {
  if (kind === 'list')
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  if (text.trim() === '') return null;
  return kind === 'number' ? Number(text) : text;
}

interface InputProps {
  readonly kind: Kind;
  readonly title: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

const Input = ({ kind, title, text, onChange }: InputProps) => {
  const common = { className: styles['input'], 'aria-label': title, value: text, autoFocus: true };
  if (kind === 'status' || kind === 'implementation') {
    const choices = kind === 'status' ? statuses : implementationStatuses;
    return (
      <select {...common} onChange={(event) => onChange(event.currentTarget.value)}>
        {(choices.includes(text) ? choices : [text, ...choices]).map((status) => (
          <option key={status}>{status}</option>
        ))}
      </select>
    );
  }
  if (kind === 'long' || kind === 'list')
    return (
      <textarea
        {...common}
        rows={kind === 'list' ? 4 : 5}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <input
      {...common}
      type={kind === 'day' ? 'date' : kind === 'number' ? 'number' : 'text'}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
};

/** Edits a value in its place: Ctrl Enter or [Save] keeps it, Esc leaves it. */
export const FieldEditor = ({
  field,
  title,
  saveWords = 'Save',
  onSave,
  onCancel,
}: {
  readonly field: Pick<FieldView, 'field' | 'here'>;
  readonly title: string;
  readonly saveWords?: string;
  readonly onSave: (value: FieldValue) => Promise<void>;
  readonly onCancel: () => void;
}) => {
  const kind = kindOf(field);
  const [text, setText] = useState(() => asText(field.here, kind));
  const [saving, setSaving] = useState(false);
  const save = (): void => {
    setSaving(true);
    void onSave(asValue(text, kind)).finally(() => setSaving(false));
  };
  useKeys('While editing', [
    { press: 'Escape', does: 'Leave the field as it was', run: onCancel, inFields: true },
    { press: '$mod+Enter', does: saveWords, run: save, inFields: true },
  ]);
  return (
    <form
      className={styles['editor']}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Input kind={kind} title={title} text={text} onChange={setText} />
      {kind === 'list' ? <div className={styles['changed']}>One in each line</div> : null}
      <div className={styles['editorActions']}>
        <Button type="submit" loading={saving} disabled={text === asText(field.here, kind)}>
          {saveWords}
        </Button>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
};
