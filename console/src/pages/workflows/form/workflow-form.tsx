/** A workflow as a form over its YAML: what is changed here is changed in the text, and nothing else of it. */
import { useMemo, useState } from 'react';
import type { WorkflowAids, WorkflowProblem } from '../../../api/workflows.ts';
import { Section } from '../../../kit/detail/facts.tsx';
import type { Kind } from '../completion.ts';
import { isPlain, type Plain, readWritten } from './document.ts';
import { FurtherKeys } from './fields.tsx';
import { type FormState, FormStateProvider, shownText } from './form-state.ts';
import { HeadFields } from './head-fields.tsx';
import { StepList } from './step-list.tsx';

const rootKeys = ['name', 'title', 'purpose', 'kind', 'trigger', 'record', 'when', 'limit', 'steps'];
/** So many steps are unfolded from the start; of more, their lines are read first. */
const unfoldedAtMost = 2;

function useUnfolded(plain: Plain): Pick<FormState, 'isOpen' | 'setOpen'> {
  const [open, setOpened] = useState<ReadonlySet<string>>(() => {
    const steps: readonly unknown[] = Array.isArray(plain['steps']) ? plain['steps'] : [];
    return new Set(
      steps.length > unfoldedAtMost ? [] : steps.map((step) => (isPlain(step) ? shownText(step['id']) : '')),
    );
  });
  return {
    isOpen: (id) => open.has(id),
    setOpen: (id, isOpen) =>
      setOpened((before) => new Set(isOpen ? [...before, id] : [...before].filter((each) => each !== id))),
  };
}

const Fields = ({ plain, ...given }: FormProps & { readonly plain: Plain }) => {
  const unfolded = useUnfolded(plain);
  const kinds = Object.keys(given.aids.fields) as readonly Kind[]; // its own keys
  const kind = kinds.find((each) => each === plain['record']);
  return (
    <FormStateProvider value={{ ...given, ...unfolded, plain, kind }}>
      <HeadFields />
      <Section title="Steps, in order">
        <StepList path={['steps']} title="Steps" />
      </Section>
      <FurtherKeys path={[]} of={plain} shown={rootKeys} />
    </FormStateProvider>
  );
};

interface FormProps {
  readonly source: string;
  readonly aids: WorkflowAids;
  readonly problems: readonly WorkflowProblem[];
  readonly change: (source: string) => void;
}

export const WorkflowForm = (props: FormProps) => {
  const written = useMemo(() => readWritten(props.source), [props.source]);
  return written.fault === undefined ? (
    <Fields {...props} plain={written.plain} />
  ) : (
    <p role="status" className="attention">
      {written.fault} Change it as YAML; the form is here again then.
    </p>
  );
};
