/** What a person may choose, by button or by number, with a reason; then the next conflict. */
import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Choice, ConflictDetail } from '../../api/decisions/conflicts.ts';
import type { FieldValue } from '../../api/poams.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { useKeys } from '../../kit/keys.ts';
import { valueWords } from '../../kit/marks/values.tsx';
import { useWhyNot } from '../../shell/use-session.ts';
import { FieldEditor } from '../poams/field-editor.tsx';
import styles from './conflicts.module.css';
import { useSettle } from './use-settle.ts';
import { choiceMeaning, choiceTitles, titleOf } from './words.ts';

/** The last five reasons of this sitting, offered again. */
let lastReasons: readonly string[] = [];
function rememberReason(reason: string): void {
  const text = reason.trim();
  if (text !== '') lastReasons = [text, ...lastReasons.filter((each) => each !== text)].slice(0, 5);
}

const isPlain = (value: unknown): value is FieldValue =>
  value === null ||
  typeof value !== 'object' ||
  (Array.isArray(value) && value.every((each) => typeof each === 'string'));

const Reason = ({
  text,
  onChange,
  inputRef,
}: {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly inputRef: React.Ref<HTMLInputElement>;
}) => (
  <div className={styles['reason']}>
    <label htmlFor="conflict-reason">
      Reason <kbd>r</kbd>
    </label>
    <input
      id="conflict-reason"
      ref={inputRef}
      list="conflict-reasons"
      maxLength={2000}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') {
          event.stopPropagation();
          event.currentTarget.blur();
        }
      }}
    />
    <datalist id="conflict-reasons">
      {lastReasons.map((reason) => (
        <option key={reason} value={reason} />
      ))}
    </datalist>
  </div>
);

const ChoiceButtons = ({
  of,
  may,
  busy,
  onChoose,
  onSkip,
}: {
  readonly of: ConflictDetail;
  readonly may: boolean;
  readonly busy: boolean;
  readonly onChoose: (choice: Choice) => void;
  readonly onSkip: () => void;
}) => (
  <div className={styles['choices']}>
    {(may ? of.choices : []).map((choice, index) => (
      <ActButton
        key={choice.choice}
        variant="default"
        why={busy ? 'A choice is being carried out.' : undefined}
        onPress={() => onChoose(choice)}
      >
        <kbd className={styles['key']}>{index + 1}</kbd> {choiceTitles[choice.effect]}
      </ActButton>
    ))}
    <Button variant="default" onClick={onSkip}>
      <kbd className={styles['key']}>s</kbd> Skip
    </Button>
  </div>
);

const Meanings = ({ of }: { readonly of: ConflictDetail }) => (
  <ol className={styles['meanings']}>
    {of.choices.map((choice, index) => (
      <li key={choice.choice}>
        {index + 1} {choiceTitles[choice.effect].replace('…', '')}:{' '}
        {choiceMeaning(choice, of.system ?? 'the other side')}
      </li>
    ))}
  </ol>
);

export const Choices = ({ of }: { readonly of: ConflictDetail }) => {
  const { settle, next, busy } = useSettle(of);
  const whyNot = useWhyNot('conflict:resolve');
  const [reason, setReason] = useState('');
  const [editing, setEditing] = useState<Choice>();
  const reasonField = useRef<HTMLInputElement>(null);
  const carryOut = (choice: Choice, value?: unknown): Promise<void> => {
    rememberReason(reason);
    return settle(choice, reason, value);
  };
  const choose = (choice: Choice | undefined): void => {
    if (!choice || whyNot !== undefined || busy) return;
    if (choice.choice === 'value') setEditing(choice);
    else void carryOut(choice);
  };
  useKeys('This conflict', [
    ...(whyNot === undefined ? of.choices : []).map((choice, index) => ({
      press: String(index + 1),
      does: choiceTitles[choice.effect],
      run: (event: KeyboardEvent) => (event.preventDefault(), choose(choice)),
    })),
    { press: 's', does: 'Skip to the next conflict', run: next },
    {
      press: 'r',
      does: 'Write a reason',
      run: (event) => (event.preventDefault(), reasonField.current?.focus()),
    },
  ]);
  return (
    <>
      <ChoiceButtons of={of} may={whyNot === undefined} busy={busy} onChoose={choose} onSkip={next} />
      {editing ? (
        <FieldEditor
          field={{
            field: of.field ?? '',
            here: isPlain(of.internal) ? of.internal : valueWords(of.internal),
          }}
          title={titleOf(of)}
          saveWords="Use this value"
          onCancel={() => setEditing(undefined)}
          onSave={(value) => carryOut(editing, value)}
        />
      ) : null}
      {whyNot === undefined ? (
        <Reason text={reason} onChange={setReason} inputRef={reasonField} />
      ) : (
        <p className="attention">{whyNot}</p>
      )}
      <Meanings of={of} />
    </>
  );
};
