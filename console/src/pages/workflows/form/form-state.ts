/** What every field of the form knows: the text that it changes, what the text says, and what is wrong with it by place. */
import { createContext, useContext } from 'react';
import type { WorkflowAids, WorkflowProblem } from '../../../api/workflows.ts';
import type { Kind } from '../completion.ts';
import { type Path, type Plain, valueAt, withValue } from './document.ts';

export interface FormState {
  readonly source: string;
  readonly plain: Plain;
  /** The kind of record that the workflow is about; undefined: it does not say so yet. */
  readonly kind: Kind | undefined;
  readonly aids: WorkflowAids;
  readonly problems: readonly WorkflowProblem[];
  readonly change: (source: string) => void;
  /** Steps that are unfolded, by id. */
  readonly isOpen: (id: string) => boolean;
  readonly setOpen: (id: string, isOpen: boolean) => void;
}

const Context = createContext<FormState | undefined>(undefined);
export const FormStateProvider = Context.Provider;

export function useForm(): FormState {
  const state = useContext(Context);
  if (!state) throw new Error('A field stands outside of its form.');
  return state;
}

const wordsOf = (path: Path): string => path.join('.');
/** The id of the field of a path: the list of problems leads there. */
export const fieldId = (path: Path | string): string =>
  `workflow-${typeof path === 'string' ? path : wordsOf(path)}`;

/** What is wrong at a place. @param isWhole whether all below it is said here, since nothing below has a field of its own. */
export function useProblems(path: Path, isWhole = false): string | undefined {
  const at = wordsOf(path);
  const mine = useForm().problems.filter(
    (problem) => problem.path === at || (isWhole && problem.path.startsWith(`${at}.`)),
  );
  return mine.length === 0 ? undefined : mine.map(({ message }) => message).join(' ');
}

/** The value at a path, and how it is set; an undefined one removes the key. */
export function useValue(path: Path): readonly [value: unknown, set: (value: unknown) => void] {
  const { source, plain, change } = useForm();
  return [valueAt(plain, path), (value) => change(withValue(source, path, value))];
}

/** A value as the text of a field. */
export const shownText = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
