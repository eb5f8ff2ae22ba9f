/** The steps of a workflow, or within a step: unfolded, moved, removed and added by buttons that a keyboard reaches. */
import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import styles from '../workflows.module.css';
import { isPlain, type Path, withItem, withMoved, withValue } from './document.ts';
import { YamlField } from './fields.tsx';
import { fieldId, shownText, useForm, useProblems, useValue } from './form-state.ts';
import { idsOf, newStep, type StepKind, stepKindOf } from './new-step.ts';
import { StepFields } from './step-fields.tsx';

/** The field is there once the change is shown. */
const focusLater = (id: string): void => {
  setTimeout(() => document.getElementById(id)?.focus(), 0);
};

/** What a step does, in a line. */
function useSummary(kind: StepKind | undefined, step: unknown): string {
  const { actions } = useForm().aids;
  if (!isPlain(step)) return '';
  const counted = (n: number): string => `${n} ${n === 1 ? 'branch' : 'branches'}`;
  switch (kind) {
    case 'action':
      return actions.find(({ name }) => name === step['action'])?.title ?? shownText(step['action']);
    case 'approve': {
      const ask = isPlain(step['approve']) ? shownText(step['approve']['ask']) : '';
      return `asks to ${ask === '' ? '…' : ask}`;
    }
    case 'waitUntil': {
      const until = step['waitUntil'];
      return isPlain(until) ? `waits ${shownText(until['days'])} days` : `waits until ${shownText(until)}`;
    }
    case 'branch':
      return counted(Array.isArray(step['branch']) ? step['branch'].length : 0);
    case undefined:
      return 'written in YAML';
  }
}

interface ItemProps {
  readonly list: Path;
  readonly at: number;
  readonly of: number;
  readonly step: unknown;
}

const Moves = ({ list, at, of, step, name }: ItemProps & { readonly name: string }) => {
  const { source, change } = useForm();
  const move = (to: number, button: 'up' | 'down'): void => {
    change(withMoved(source, list, at, to));
    const isEnd = button === 'up' ? to === 0 : to === of - 1;
    focusLater(`${fieldId([...list, to])}-${isEnd ? 'unfold' : button}`);
  };
  const id = fieldId([...list, at]);
  const remove = (): void => {
    const isSpare = of === 1 && ['else', 'onRefused'].includes(String(list.at(-1)));
    change(withValue(source, isSpare ? list : [...list, at], undefined));
    focusLater(of === 1 ? `${fieldId(list)}-new` : `${fieldId([...list, Math.min(at, of - 2)])}-unfold`);
  };
  const button = { size: 'compact-xs', variant: 'subtle' } as const;
  return (
    <span className={styles['moves']} data-step={isPlain(step) ? shownText(step['id']) : ''}>
      <Button
        {...button}
        id={`${id}-up`}
        disabled={at === 0}
        aria-label={`Move ${name} up`}
        onClick={() => move(at - 1, 'up')}
      >
        up
      </Button>
      <Button
        {...button}
        id={`${id}-down`}
        disabled={at === of - 1}
        aria-label={`Move ${name} down`}
        onClick={() => move(at + 1, 'down')}
      >
        down
      </Button>
      <Button {...button} aria-label={`Remove ${name}`} onClick={remove}>
        remove
      </Button>
    </span>
  );
};

/** Whether something is wrong in the step: it is unfolded then, so that the problem stands at its field. */
function useHasProblem(path: Path): boolean {
  const at = path.join('.');
  return useForm().problems.some(({ path: place }) => place === at || place.startsWith(`${at}.`));
}

const StepItem = (props: ItemProps) => {
  const { list, at, step } = props;
  const { isOpen, setOpen } = useForm();
  const path = [...list, at];
  const kind = stepKindOf(step);
  const hasProblem = useHasProblem(path);
  const summary = useSummary(kind, step);
  const id = isPlain(step) ? shownText(step['id']) : '';
  const name = id === '' ? `step ${at + 1}` : id;
  const unfolded = hasProblem || isOpen(id);
  return (
    <li className={styles['step']}>
      <div className={styles['stepHead']}>
        <button
          type="button"
          id={`${fieldId(path)}-unfold`}
          className={styles['unfold']}
          aria-expanded={unfolded}
          onClick={() => setOpen(id, !unfolded)}
        >
          <span aria-hidden="true">{unfolded ? '▾' : '▸'}</span> <span className="strong">{name}</span>{' '}
          <span className="quiet">{summary}</span>
        </button>
        <Moves {...props} name={name} />
      </div>
      {unfolded ? (
        <div className={styles['stepFields']}>
          {kind === undefined || !isPlain(step) ? (
            <YamlField path={path} label={`Step ${at + 1}, as YAML`} />
          ) : (
            <StepFields
              kind={kind}
              step={step}
              path={path}
              list={(inner, title) => <StepList path={inner} title={title} />}
            />
          )}
        </div>
      ) : null}
    </li>
  );
};

const AddStep = ({ path, count }: { readonly path: Path; readonly count: number }) => {
  const { aids, kind, plain, source, change, setOpen } = useForm();
  const [chosen, setChosen] = useState('');
  const fitting = aids.actions.filter(({ appliesTo }) => kind === undefined || appliesTo.includes(kind));
  const add = (): void => {
    const step = newStep(chosen, aids.actions, idsOf(plain['steps']));
    change(withItem(source, path, count, step));
    setOpen(step.id, true);
    setChosen('');
    focusLater(fieldId([...path, count, 'id']));
  };
  return (
    <div className={styles['row']}>
      <NativeSelect
        id={`${fieldId(path)}-new`}
        label="A further step"
        value={chosen}
        data={[
          { value: '', label: 'Choose what it does' },
          {
            group: 'Actions',
            items: fitting.map(({ name, title }) => ({
              value: `action:${name}`,
              label: `${name}: ${title}`,
            })),
          },
          {
            group: 'Others',
            items: [
              { value: 'approve', label: 'ask people for approval' },
              { value: 'waitUntil', label: 'wait' },
              { value: 'branch', label: 'branch: steps by condition' },
            ],
          },
        ]}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <Button variant="default" disabled={chosen === ''} onClick={add}>
        Add
      </Button>
    </div>
  );
};

export const StepList = ({ path, title }: { readonly path: Path; readonly title: string }) => {
  const [value] = useValue(path);
  const problem = useProblems(path);
  if (value !== undefined && value !== null && !Array.isArray(value))
    return <YamlField path={path} label={title} />;
  const steps: readonly unknown[] = value ?? [];
  return (
    <div role="group" aria-label={`Steps: ${title}`} className={path.length > 1 ? styles['inner'] : ''}>
      {path.length > 1 ? <h4>{title}</h4> : null}
      <ol className={styles['steps']}>
        {steps.map((step, at) => (
          <StepItem key={at} list={path} at={at} of={steps.length} step={step} />
        ))}
      </ol>
      {problem === undefined ? null : <p className="bad">{problem}</p>}
      <AddStep path={path} count={steps.length} />
    </div>
  );
};
