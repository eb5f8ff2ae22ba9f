/** A text with what may be written where the caret stands: arrows choose, Enter or Tab takes it, Escape closes it. */
import { Textarea } from '@mantine/core';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { Completion, Suggestion } from './completion.ts';
import styles from './workflows.module.css';

interface Opened extends Completion {
  /** Below the word that is completed. */
  readonly style: CSSProperties;
}

/** What fits at the caret. @param isAsked whether a person asked for it, and did not just type. */
export type Find = (text: string, caret: number, isAsked: boolean) => Completion | undefined;

/** Letters are of one width, and lines of one height. */
function placeOf(field: HTMLTextAreaElement, from: number): Opened['style'] {
  const lines = field.value.slice(0, from).split('\n');
  const { lineHeight, paddingTop, paddingLeft } = getComputedStyle(field);
  const around = field.closest('[data-writing]')?.getBoundingClientRect().top ?? 0;
  const top = field.getBoundingClientRect().top - around + Number.parseFloat(paddingTop);
  const below = lines.length * Number.parseFloat(lineHeight) - field.scrollTop;
  return {
    left: `calc(${paddingLeft} - ${field.scrollLeft}px + ${lines.at(-1)?.length ?? 0}ch)`,
    top: `${top + below}px`,
  };
}

const Suggestions = ({
  of,
  id,
  chosen,
  onTake,
}: {
  readonly of: Opened;
  readonly id: string;
  readonly chosen: number;
  readonly onTake: (suggestion: Suggestion) => void;
}) => (
  <div className={styles['suggestions']} style={of.style} role="listbox" id={id} aria-label="What fits here">
    {of.suggestions.map((each, at) => (
      <div
        key={each.text}
        id={`${id}-${at}`}
        role="option"
        tabIndex={-1}
        aria-selected={at === chosen}
        className={styles['suggestion']}
        onPointerDown={(event) => {
          event.preventDefault(); // the caret stays in the text
          onTake(each);
        }}
      >
        <span className="strong">{each.text}</span> <span className="quiet">{each.means}</span>
      </div>
    ))}
  </div>
);

/** Below the whole field: where lines are wrapped, the caret has no place that could be reckoned. */
const below = { left: 0, top: '100%' };

/** What is offered at the caret, and which of it is chosen. */
function useCompletion(find: Find, onChange: (value: string) => void, wraps: boolean) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [opened, setOpened] = useState<Opened>();
  const [chosen, setChosen] = useState(0);
  const close = (): void => setOpened(undefined);
  const look = (isAsked = false): void => {
    const text = field.current;
    setChosen(0);
    if (!text) return;
    const found = find(text.value, text.selectionStart, isAsked);
    setOpened(found && { ...found, style: wraps ? below : placeOf(text, found.from) });
  };
  const take = ({ text }: Suggestion): void => {
    if (!field.current || !opened) return;
    field.current.setRangeText(text, opened.from, field.current.selectionStart, 'end');
    onChange(field.current.value);
    look(); // a key that was taken is followed by what it holds
  };
  const move = (by: 1 | -1, count: number): void => setChosen((at) => (at + by + count) % count);
  const press = (event: KeyboardEvent): void => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      look(true);
      return;
    }
    const suggestion = opened?.suggestions[chosen];
    if (!opened || !suggestion) return;
    const does: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(1, opened.suggestions.length),
      ArrowUp: () => move(-1, opened.suggestions.length),
      Enter: () => take(suggestion),
      Tab: () => take(suggestion),
      Escape: close,
    };
    const run = does[event.key];
    if (run === undefined) {
      if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  return { field, opened, chosen, look, take, press, close };
}

export interface CompletedTextProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly find: Find;
  /** What is wrong with it. */
  readonly error?: ReactNode;
  readonly id?: string;
  readonly required?: boolean;
  readonly isCode?: boolean;
  /** Of a text that is not wrapped; absent: it is wrapped, and as high as its lines are. */
  readonly rows?: number;
}

export const CompletedText = ({
  value,
  onChange,
  find,
  isCode = true,
  rows,
  ...shown
}: CompletedTextProps) => {
  const id = useId();
  const wraps = rows === undefined;
  const { field, opened, chosen, look, take, press, close } = useCompletion(find, onChange, wraps);
  return (
    <div className={styles['writing']} data-writing>
      <Textarea
        {...shown}
        ref={field}
        className={styles[wraps ? (isCode ? 'condition' : '') : 'editor'] ?? ''}
        value={value}
        spellCheck={!isCode}
        {...(wraps ? { autosize: true, minRows: 1, maxRows: 12 } : { rows })}
        aria-autocomplete="list"
        aria-controls={opened ? id : undefined}
        aria-activedescendant={opened ? `${id}-${chosen}` : undefined}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          look();
        }}
        onKeyDown={press}
        onPointerDown={close}
        onBlur={close}
      />
      {opened ? <Suggestions of={opened} id={id} chosen={chosen} onTake={take} /> : null}
    </div>
  );
};
