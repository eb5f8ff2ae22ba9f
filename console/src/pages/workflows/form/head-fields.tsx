/** What a workflow is called and is for, what starts it, and about which records. */
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { metricsQuery } from '../../../api/metrics.ts';
import { previewQuery } from '../../../api/sync.ts';
import { entityWords } from '../../../kit/entities.ts';
import { Section } from '../../../kit/detail/facts.tsx';
import { useMay } from '../../../shell/use-session.ts';
import styles from '../workflows.module.css';
import { isPlain } from './document.ts';
import { ChoiceField, ConditionField, FurtherKeys, NumberField, TextField, YamlField } from './fields.tsx';
import { fieldId, shownText, useForm, useProblems, useValue } from './form-state.ts';

export const recordWords = (kind: string): string => entityWords(kind, 1);

/** What each kind of trigger begins with. */
const begins = {
  event: { event: 'poam.created' },
  schedule: { schedule: '0 6 * * *' },
  metric: { metric: '', above: 0 },
  by_hand: { by_hand: true },
} as const;
type TriggerKind = keyof typeof begins;
const triggerKinds: readonly { readonly value: TriggerKind; readonly label: string }[] = [
  { value: 'event', label: 'When something happens' },
  { value: 'schedule', label: 'At set times' },
  { value: 'metric', label: 'When a metric crosses a threshold' },
  { value: 'by_hand', label: 'Only when a person starts it' },
];
const triggerKindOf = (trigger: unknown): TriggerKind | undefined =>
  isPlain(trigger) ? triggerKinds.find(({ value }) => value in trigger)?.value : undefined;

const EventField = () => {
  const { events } = useForm().aids;
  return (
    <ChoiceField
      path={['trigger', 'event']}
      label="What happens"
      isRequired
      choices={events.map(({ event, title }) => ({ value: event, label: `${title} (${event})` }))}
    />
  );
};

const ScheduleField = () => {
  const [value] = useValue(['trigger', 'schedule']);
  const cron = useDeferredValue(shownText(value));
  const preview = useQuery({ ...previewQuery(cron), enabled: useMay('sync:read') && cron.trim() !== '' });
  return (
    <div>
      <TextField
        path={['trigger', 'schedule']}
        label="When (cron, in UTC: minute hour day month weekday)"
        isRequired
      />
      {preview.data ? <p className="quiet">{preview.data.words}</p> : null}
    </div>
  );
};

/** Above or below: one of both is written. */
const ThresholdFields = () => {
  const [trigger, set] = useValue(['trigger']);
  const { below, above } = isPlain(trigger) ? trigger : {};
  const side = below === undefined ? 'above' : 'below';
  return (
    <div className={styles['two']}>
      <NativeSelect
        label="It comes to lie"
        value={side}
        data={['above', 'below']}
        onChange={({ currentTarget: { value } }) => {
          if (!isPlain(trigger)) return;
          const { above: _above, below: _below, ...rest } = trigger;
          set({ ...rest, [value]: above ?? below ?? 0 });
        }}
      />
      <NumberField path={['trigger', side]} label="Threshold" isRequired />
    </div>
  );
};

const MetricFields = () => {
  const metrics = useQuery({ ...metricsQuery, enabled: useMay('metric:read') });
  const names = metrics.data?.items.map(({ name }) => ({ value: name, label: name.replaceAll('-', ' ') }));
  const field = { path: ['trigger', 'metric'], label: 'Metric', isRequired: true };
  return (
    <>
      {names ? <ChoiceField {...field} choices={names} /> : <TextField {...field} />}
      <ThresholdFields />
    </>
  );
};

const fieldsOf: Readonly<Record<TriggerKind, () => React.ReactNode>> = {
  event: () => <EventField />,
  schedule: () => <ScheduleField />,
  metric: () => <MetricFields />,
  by_hand: () => null,
};
const keysOf: Readonly<Record<TriggerKind, readonly string[]>> = {
  event: ['event'],
  schedule: ['schedule'],
  metric: ['metric', 'above', 'below'],
  by_hand: ['by_hand'],
};

const TriggerFields = () => {
  const { aids } = useForm();
  const [trigger, set] = useValue(['trigger']);
  const error = useProblems(['trigger']);
  const kind = triggerKindOf(trigger);
  if (trigger !== undefined && trigger !== null && kind === undefined)
    return <YamlField path={['trigger']} label="Trigger" isRequired />;
  const first = aids.events[0]?.event ?? begins.event.event;
  return (
    <>
      <NativeSelect
        id={fieldId(['trigger'])}
        label="It starts"
        error={error}
        value={kind ?? ''}
        data={[...(kind === undefined ? [{ value: '', label: 'Choose' }] : []), ...triggerKinds]}
        onChange={({ currentTarget: { value } }) => {
          if (value === 'event') set({ event: first });
          else if (value !== '') set(begins[value as TriggerKind]); // one of the options
        }}
      />
      {kind === undefined ? null : fieldsOf[kind]()}
      {kind === undefined ? null : <FurtherKeys path={['trigger']} of={trigger} shown={keysOf[kind]} />}
    </>
  );
};

/** Kinds of records that what starts it can be about. */
const RecordField = () => {
  const { aids, plain } = useForm();
  const trigger = isPlain(plain['trigger']) ? plain['trigger'] : {};
  const all = Object.keys(aids.fields);
  const ofEvent = aids.events.find(({ event }) => event === trigger['event'])?.records;
  const fitting = ofEvent ?? ('metric' in trigger ? ['system'] : all);
  return (
    <ChoiceField
      path={['record']}
      label="Each run is about a"
      isRequired
      choices={fitting.map((value) => ({ value, label: recordWords(value) }))}
    />
  );
};

export const HeadFields = () => {
  const { aids } = useForm();
  return (
    <>
      <Section title="What it is">
        <div className={styles['fields']}>
          <div className={styles['two']}>
            <TextField path={['title']} label="Title" meaning="What it does, in a few words" isRequired />
            <TextField
              path={['name']}
              label="Name"
              meaning="By which it is known, as kev-arrives"
              isRequired
            />
          </div>
          <TextField path={['purpose']} label="Purpose" meaning="For whom, and why" isLong />
          <ChoiceField
            path={['kind']}
            label="Kind"
            byDefault="other"
            choices={aids.kinds.map((value) => ({ value, label: value }))}
          />
        </div>
      </Section>
      <Section title="What starts it">
        <div className={styles['fields']}>
          <TriggerFields />
          <RecordField />
          <ConditionField
            path={['when']}
            label="Only where"
            meaning="A condition; what fits is offered while you type. Empty: for every record."
          />
          <NumberField
            path={['limit']}
            label="Limit"
            meaning="So many records in 24 hours; what is more waits until a person releases it"
            placeholder="100"
          />
        </div>
      </Section>
    </>
  );
};
