/** The fields of a step, by its kind. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from '../workflows.module.css';
import { isPlain, type Path } from './document.ts';
import {
  ChoiceField,
  ChoicesField,
  ConditionField,
  FurtherKeys,
  NumberField,
  TextField,
  useShown,
  YamlField,
} from './fields.tsx';
import { shownText, useForm, useProblems, useValue } from './form-state.ts';
import { InputField } from './input-field.tsx';
import { inputsOf } from './inputs.ts';
import type { StepKind } from './new-step.ts';

interface StepProps {
  readonly path: Path;
  /** A list of steps within this one. */
  readonly list: (path: Path, title: string) => ReactNode;
}

const onErrorChoices = [
  { value: 'stop', label: 'the run ends as failed' },
  { value: 'continue', label: 'the run continues' },
];

interface OneOf {
  readonly of: readonly unknown[];
  readonly at: number;
  readonly name: string;
  readonly set: (rest: readonly unknown[]) => void;
}

/** Takes one out of a list; the last one stays. */
const RemoveOne = ({ of, at, name, set }: OneOf) =>
  of.length < 2 ? null : (
    <Button
      size="compact-xs"
      variant="subtle"
      aria-label={`Remove ${name} ${at + 1}`}
      onClick={() => set(of.toSpliced(at, 1))}
    >
      remove
    </Button>
  );

/** Steps that are there only where somebody adds them. */
const FurtherSteps = ({
  path,
  list,
  title,
  verb,
}: StepProps & { readonly title: string; readonly verb: string }) => {
  const [value, set] = useValue(path);
  return value === undefined ? (
    <div>
      <Button size="compact-xs" variant="default" onClick={() => set([])}>
        {verb}
      </Button>
    </div>
  ) : (
    list(path, title)
  );
};

const ActionFields = ({ path, list }: StepProps) => {
  const { aids, kind } = useForm();
  const [name] = useValue([...path, 'action']);
  const [given] = useValue([...path, 'with']);
  const [condition] = useValue([...path, 'when']);
  const problem = useProblems([...path, 'with']);
  const action = aids.actions.find((each) => each.name === name);
  const inputs = inputsOf(action?.inputs ?? {});
  const fitting = aids.actions.filter(({ appliesTo }) => kind === undefined || appliesTo.includes(kind));
  return (
    <>
      <ChoiceField
        path={[...path, 'action']}
        label="Action"
        isRequired
        choices={fitting.map((each) => ({ value: each.name, label: `${each.name}: ${each.title}` }))}
        meaning={action ? `Needs ${action.permission}. ${action.undo}` : undefined}
      />
      {inputs.map((input) => (
        <InputField key={input.name} of={input} path={[...path, 'with', input.name]} />
      ))}
      {problem === undefined ? null : <p className="bad">{problem}</p>}
      {given === undefined || isPlain(given) ? (
        <FurtherKeys path={[...path, 'with']} of={given} shown={inputs.map((input) => input.name)} />
      ) : (
        <YamlField path={[...path, 'with']} label="Inputs" canRemove />
      )}
      <ConditionField path={[...path, 'when']} label="Only where" meaning="Empty: always" />
      {condition === undefined ? null : (
        <FurtherSteps
          path={[...path, 'else']}
          list={list}
          title="Else"
          verb="Add steps for where that is not true"
        />
      )}
      <ChoiceField
        path={[...path, 'onError']}
        label="Where it fails"
        byDefault="stop"
        choices={onErrorChoices}
      />
    </>
  );
};

/** People of several levels: each level decides after the one before it. */
const LevelFields = ({ path }: { readonly path: Path }) => {
  const { roles } = useForm().aids;
  const [value, set] = useValue(path);
  const levels: readonly unknown[] = Array.isArray(value) ? value : [];
  const problem = useProblems(path);
  return (
    <>
      {levels.map((level, at) => (
        <div key={at} className={styles['level']} role="group" aria-label={`Level ${at + 1}`}>
          <ChoicesField
            path={[...path, at, 'who']}
            label={`Level ${at + 1}: who decides`}
            isRequired
            choices={roles.map(({ role, title }) => ({ value: role, label: title }))}
          />
          <ChoiceField
            path={[...path, at, 'quorum']}
            label="How many"
            byDefault="one"
            choices={[
              { value: 'one', label: 'one person of these roles' },
              { value: 'all', label: 'one person of each role' },
            ]}
          />
          <FurtherKeys path={[...path, at]} of={level} shown={['who', 'quorum']} />
          <RemoveOne of={levels} at={at} name="level" set={set} />
        </div>
      ))}
      {problem === undefined ? null : <p className="bad">{problem}</p>}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          disabled={levels.length >= 5}
          onClick={() => set([...levels, { who: [] }])}
        >
          Add a level
        </Button>
      </div>
    </>
  );
};

const ApprovalFields = ({ path, list }: StepProps) => {
  const { roles } = useForm().aids;
  const [approve] = useValue([...path, 'approve']);
  const at = [...path, 'approve'];
  if (!isPlain(approve)) return <YamlField path={at} label="Question" isRequired />;
  return (
    <>
      <TextField path={[...at, 'ask']} label="What is asked" meaning="It reads after “asks to”" isRequired />
      <LevelFields path={[...at, 'levels']} />
      <div className={styles['two']}>
        <NumberField path={[...at, 'expireDays']} label="Days until it expires" placeholder="14" />
        <YamlField path={[...at, 'remindDays']} label="Reminded after days" placeholder="[3, 7]" />
      </div>
      <ChoicesField
        path={[...at, 'escalateTo']}
        label="Told when nobody decided in time"
        choices={roles.map(({ role, title }) => ({ value: role, label: title }))}
      />
      <FurtherKeys
        path={at}
        of={approve}
        shown={['ask', 'levels', 'expireDays', 'remindDays', 'escalateTo']}
      />
      <FurtherSteps
        path={[...path, 'onRefused']}
        list={list}
        title="After a no"
        verb="Add steps for after a no"
      />
    </>
  );
};

/** What happens where the time is over: the run stops, continues, or does steps of its own first. */
const TimeoutField = ({ path, list }: StepProps) => {
  const [value, set] = useValue(path);
  const problem = useProblems(path);
  return (
    <>
      <NativeSelect
        label="When the time is over"
        value={Array.isArray(value) ? 'steps' : shownText(value ?? 'stop')}
        error={problem}
        data={[
          { value: 'stop', label: 'the run ends' },
          { value: 'continue', label: 'the run continues' },
          { value: 'steps', label: 'these steps first' },
        ]}
        onChange={({ currentTarget: { value: chosen } }) => {
          if (chosen === 'steps') set([]);
          else set(chosen === 'stop' ? undefined : chosen);
        }}
      />
      {Array.isArray(value) ? list(path, 'When the time is over') : null}
    </>
  );
};

const WaitFields = ({ path, list }: StepProps) => {
  const [waits, set] = useValue([...path, 'waitUntil']);
  const forDays = isPlain(waits);
  return (
    <>
      <NativeSelect
        label="It waits"
        value={forDays ? 'days' : 'condition'}
        data={[
          { value: 'days', label: 'a number of days' },
          { value: 'condition', label: 'until a condition is true' },
        ]}
        onChange={({ currentTarget: { value } }) => set(value === 'days' ? { days: 3 } : '')}
      />
      {forDays ? (
        <NumberField path={[...path, 'waitUntil', 'days']} label="Days" isRequired />
      ) : (
        <>
          <ConditionField path={[...path, 'waitUntil']} label="Until" isRequired />
          <NumberField path={[...path, 'timeoutDays']} label="Days at most" isRequired />
          <TimeoutField path={[...path, 'onTimeout']} list={list} />
        </>
      )}
    </>
  );
};

const BranchFields = ({ path, list }: StepProps) => {
  const [value, set] = useValue([...path, 'branch']);
  if (!Array.isArray(value)) return <YamlField path={[...path, 'branch']} label="Branches" isRequired />;
  const branches: readonly unknown[] = value;
  return (
    <>
      {branches.map((branch, at) => {
        const here = [...path, 'branch', at];
        return (
          <div key={at} className={styles['level']} role="group" aria-label={`Branch ${at + 1}`}>
            <ConditionField path={[...here, 'when']} label={`Branch ${at + 1}, where`} isRequired />
            {list([...here, 'steps'], `Branch ${at + 1}`)}
            <FurtherKeys path={here} of={branch} shown={['when', 'steps']} />
            <RemoveOne of={branches} at={at} name="branch" set={set} />
          </div>
        );
      })}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          disabled={branches.length >= 10}
          onClick={() => set([...branches, { when: '', steps: [] }])}
        >
          Add a branch
        </Button>
      </div>
      <FurtherSteps
        path={[...path, 'else']}
        list={list}
        title="Else"
        verb="Add steps for where none is true"
      />
    </>
  );
};

const fieldsOf: Readonly<Record<StepKind, (props: StepProps) => ReactNode>> = {
  action: (props) => <ActionFields {...props} />,
  approve: (props) => <ApprovalFields {...props} />,
  waitUntil: (props) => <WaitFields {...props} />,
  branch: (props) => <BranchFields {...props} />,
};
/** Keys of a step that have a field. */
const keysOf: Readonly<Record<StepKind, readonly string[]>> = {
  action: ['id', 'action', 'with', 'when', 'else', 'onError'],
  approve: ['id', 'approve', 'onRefused'],
  waitUntil: ['id', 'waitUntil', 'timeoutDays', 'onTimeout'],
  branch: ['id', 'branch', 'else'],
};

const IdField = ({ path }: { readonly path: Path }) => {
  const { setOpen } = useForm();
  const [value, set] = useValue(path);
  return (
    <TextInput
      {...useShown({ path, label: 'Name of the step', meaning: 'Traces name it so', isRequired: true })}
      value={shownText(value)}
      onChange={({ currentTarget: { value: id } }) => {
        setOpen(id, true); // its fields stay open while it is renamed
        set(id);
      }}
    />
  );
};

export const StepFields = ({
  kind,
  step,
  ...props
}: StepProps & { readonly kind: StepKind; readonly step: unknown }) => {
  const problem = useProblems(props.path);
  return (
    <>
      <IdField path={[...props.path, 'id']} />
      {fieldsOf[kind](props)}
      <FurtherKeys path={props.path} of={step} shown={keysOf[kind]} />
      {problem === undefined ? null : <p className="bad">{problem}</p>}
    </>
  );
};
