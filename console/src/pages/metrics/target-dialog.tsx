/** Sets what is aimed at: for the organization, or for the system that is looked at. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type MeasureRow, type MetricRow, setTarget, type TargetAsked } from '../../api/metrics.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { targetWords } from './words.ts';

type Comparison = NonNullable<TargetAsked['aim']>['comparison'];
const comparisons: readonly { readonly value: Comparison; readonly label: string }[] = [
  { value: 'at_most', label: 'at most' },
  { value: 'below', label: 'below' },
  { value: 'at_least', label: 'at least' },
  { value: 'above', label: 'above' },
];
const none = 'none';
const units: Readonly<Record<string, string>> = { percent: 'percent', days: 'days', hours: 'hours' };

const isComparison = (value: string): value is Comparison => comparisons.some((each) => each.value === value);

/** Sets the target, or removes it where nothing is aimed at, and has what shows it asked for again. */
function useSetTarget(metric: MetricRow, measure: MeasureRow | undefined, system: string | undefined) {
  const client = useQueryClient();
  return async (aim: TargetAsked['aim'], reason: string | undefined): Promise<void> => {
    await setTarget(metric.name, {
      ...(measure ? { measure: measure.key } : {}),
      ...(system === undefined ? {} : { system }),
      aim,
      ...(reason === undefined ? {} : { reason }),
    });
    await Promise.all([
      client.invalidateQueries({ queryKey: ['metrics'] }),
      client.invalidateQueries({ queryKey: ['dashboards'] }),
    ]);
  };
}

const TargetField = ({
  unit,
  text,
  setText,
  isNumber,
}: {
  readonly unit: string | undefined;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly isNumber: boolean;
}) => (
  <TextInput
    mt="sm"
    label={`Target${unit === undefined ? '' : `, in ${unit}`}`}
    inputMode="decimal"
    value={text}
    error={text.trim() === '' || isNumber ? undefined : 'Expected a number, such as 12.5'}
    onChange={(event) => setText(event.currentTarget.value)}
    required
  />
);

export const TargetDialog = ({
  of,
  measure: key,
  system,
  onClose,
}: {
  readonly of: MetricRow;
  readonly measure: string | undefined;
  readonly system: string | undefined;
  readonly onClose: () => void;
}) => {
  const measure = of.measures.find((each) => each.key === key) ?? of.measures[0];
  const set = useSetTarget(of, measure, system);
  const [comparison, setComparison] = useState<string>(
    measure?.target?.comparison ?? (measure?.direction === 'up' ? 'at_least' : 'at_most'),
  );
  const [text, setText] = useState(measure?.target ? String(measure.target.target) : '');
  const target = Number(text);
  const isNumber = text.trim() !== '' && Number.isFinite(target);
  const run = async (reason: string | undefined): Promise<void> => {
    await set(isComparison(comparison) ? { comparison, target } : null, reason);
    tell(comparison === none ? 'The target was removed.' : 'The target was set.');
    onClose();
  };
  return (
    <ActionDialog
      title={`Target for ${measure?.title ?? of.title}`}
      verb={comparison === none ? 'Remove the target' : 'Set the target'}
      reason="optional"
      incomplete={comparison !== none && !isNumber}
      onRun={run}
      onClose={onClose}
    >
      <p className="quiet">
        {system === undefined
          ? 'For the organization, and for every system without a target of its own.'
          : `For ${system} only.`}
        {measure?.target ? ` Now: ${targetWords(measure)}.` : ''}
      </p>
      <NativeSelect
        mt="sm"
        label="The value is to be"
        value={comparison}
        data={[...comparisons, { value: none, label: 'without a target set here' }]}
        onChange={(event) => setComparison(event.currentTarget.value)}
      />
      {comparison === none ? null : (
        <TargetField unit={units[measure?.unit ?? '']} text={text} setText={setText} isNumber={isNumber} />
      )}
    </ActionDialog>
  );
};
