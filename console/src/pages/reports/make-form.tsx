/** What is to be made, of what, and when: now, or by itself. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import {
  boundariesQuery,
  makeReport,
  type ReportTemplate,
  scheduleReport,
  sendInput,
  type ToMake,
} from '../../api/work/reports.ts';
import { Fault } from '../../kit/act/action-dialog.tsx';
import { isComplete, type Leaving, LeavingFields, nobodyYet } from '../../kit/act/leaving.tsx';
import { tell } from '../../kit/notice.tsx';
import styles from './reports.module.css';

type Values = Readonly<Record<string, string>>;
interface FieldsProps {
  readonly of: ReportTemplate;
  readonly values: Values;
  readonly set: (name: string, value: string) => void;
}

const Boundary = ({ of, values, set }: FieldsProps) => {
  const items = useQuery(boundariesQuery).data?.items ?? [];
  return (
    <NativeSelect
      label="Authorization boundary"
      required={of.takesBoundary === 'one'}
      value={values['boundary'] ?? ''}
      data={[
        { value: '', label: of.takesBoundary === 'one' ? 'Choose one' : 'All that you may see' },
        ...items.map(({ systemId, name }) => ({ value: systemId, label: `${name} (${systemId})` })),
      ]}
      onChange={(event) => set('boundary', event.currentTarget.value)}
    />
  );
};

const Parameter = ({
  spec,
  values,
  set,
}: { readonly spec: ReportTemplate['parameters'][number] } & Omit<FieldsProps, 'of'>) =>
  spec.choices ? (
    <NativeSelect
      label={spec.title}
      value={values[spec.name] ?? spec.default ?? ''}
      data={[...spec.choices]}
      onChange={(event) => set(spec.name, event.currentTarget.value)}
    />
  ) : (
    <TextInput
      label={spec.title}
      type={spec.type === 'day' ? 'date' : 'text'}
      required={spec.isRequired === true}
      value={values[spec.name] ?? ''}
      onChange={(event) => set(spec.name, event.currentTarget.value)}
    />
  );

const Fields = (props: FieldsProps) => {
  const { of } = props;
  const days = of.parameters.filter(({ type }) => type === 'day');
  const others = of.parameters.filter(({ type }) => type !== 'day' && type !== 'file');
  return (
    <>
      <Boundary {...props} />
      <div className={styles['row']}>
        {days.map((spec) => (
          <Parameter key={spec.name} spec={spec} {...props} />
        ))}
      </div>
      <p className="quiet">Leave both days empty for the last 30 days.</p>
      {others.map((spec) => (
        <Parameter key={spec.name} spec={spec} {...props} />
      ))}
    </>
  );
};

const given = (values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));

/** Runs what the person asked for; what the server refuses stays on the page. */
function useAsk() {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const ask = async (work: () => Promise<string>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      tell(await work());
      await queryClient.invalidateQueries({ queryKey: ['reports'] });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { ask, busy, problem };
}

const presets = [
  ['First of the month', '0 6 1 * *'],
  ['Mondays', '0 6 * * 1'],
  ['Each day', '0 6 * * *'],
] as const;

const namesIn = (text: string): string[] =>
  text
    .split(/[,;]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** Whoever has no account: each is sent the file, and is an entry of the accounting of disclosures. */
const Outside = ({
  of,
  set,
}: {
  readonly of: readonly Leaving[];
  readonly set: (of: readonly Leaving[]) => void;
}) => (
  <>
    {of.map((each, at) => (
      <fieldset key={at}>
        <legend>Recipient outside the agency</legend>
        <LeavingFields value={each} set={(value) => set(of.with(at, value))} needsAddress />
        <Button variant="subtle" size="compact-xs" mt={6} onClick={() => set(of.toSpliced(at, 1))}>
          Remove
        </Button>
      </fieldset>
    ))}
    <div>
      <Button variant="default" size="compact-xs" onClick={() => set([...of, nobodyYet])}>
        Send it outside the agency too…
      </Button>
    </div>
  </>
);

const Presets = ({ choose }: { readonly choose: (cron: string) => void }) => (
  <div className={styles['row']}>
    {presets.map(([title, expression]) => (
      <Button key={expression} variant="default" size="compact-xs" onClick={() => choose(expression)}>
        {title}
      </Button>
    ))}
  </div>
);

const ByItself = ({ of, values }: { readonly of: ReportTemplate; readonly values: Values }) => {
  const { ask, busy, problem } = useAsk();
  const [name, setName] = useState('');
  const [cron, setCron] = useState('0 6 1 * *');
  const [recipients, setRecipients] = useState('');
  const [outside, setOutside] = useState<readonly Leaving[]>([]);
  const save = () =>
    ask(async () => {
      const told = { recipients: namesIn(recipients), outside };
      const { next } = await scheduleReport({ name, of: of.name, cron, parameters: given(values), ...told });
      return `Scheduled: ${name}. The first report is made on ${String(next[0]).slice(0, 16).replace('T', ' ')} UTC.`;
    });
  return (
    <details>
      <summary>Schedule it…</summary>
      <div className={styles['form']} style={{ marginTop: 8 }}>
        <TextInput
          label="Name of the schedule"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="When"
          description="A cron expression in UTC: minute, hour, day, month, weekday."
          value={cron}
          onChange={(event) => setCron(event.currentTarget.value)}
        />
        <Presets choose={setCron} />
        <TextInput
          label="Who is told when it is ready"
          description="Names of accounts, separated by commas. It is put into their inbox and mailed; each reads what their own rights allow."
          value={recipients}
          onChange={(event) => setRecipients(event.currentTarget.value)}
        />
        <Outside of={outside} set={setOutside} />
        <p className="quiet">
          It takes the boundary, days and options above and runs with your rights. If you lose them, no report
          is made, and the list below says so.
        </p>
        {problem ? <Fault of={problem} /> : null}
        <div>
          <Button
            variant="default"
            loading={busy}
            disabled={name.trim() === '' || !outside.every((each) => isComplete(each, true))}
            onClick={() => void save()}
          >
            Schedule
          </Button>
        </div>
      </div>
    </details>
  );
};

/** @param templates those that the person may make. */
export const MakeForm = ({ templates }: { readonly templates: readonly ReportTemplate[] }) => {
  const [name, setName] = useState(templates[0]?.name ?? '');
  const [values, setValues] = useState<Values>({});
  const [file, setFile] = useState<File>();
  const { ask, busy, problem } = useAsk();
  const of = templates.find((each) => each.name === name);
  if (!of) return null;
  const takesFile = of.parameters.some(({ type }) => type === 'file');
  const make = () =>
    ask(async () => {
      const asked: ToMake = { template: of.name, parameters: given(values) };
      const input = takesFile && file ? (await sendInput(file)).sha256 : undefined;
      await makeReport(input === undefined ? asked : { ...asked, input });
      return `${of.title} was requested. A worker is making it; it appears in the list below.`;
    });
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <NativeSelect
        label="Report"
        value={name}
        data={templates.map((each) => ({ value: each.name, label: `${each.title} (${each.format})` }))}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setValues(({ boundary = '', from = '', to = '' }) => ({ boundary, from, to }));
        }}
      />
      <p className="quiet">{of.question}</p>
      <Fields
        of={of}
        values={values}
        set={(field, value) => setValues((before) => ({ ...before, [field]: value }))}
      />
      {takesFile ? (
        <label>
          A workbook of your own that is to be filled
          <input
            type="file"
            accept=".xlsx,.xlsm"
            onChange={(event) => setFile(event.currentTarget.files?.[0])}
          />
        </label>
      ) : null}
      {problem ? <Fault of={problem} /> : null}
      <div>
        <Button type="submit" loading={busy}>
          Make the report
        </Button>
      </div>
      <ByItself of={of} values={values} />
    </form>
  );
};
