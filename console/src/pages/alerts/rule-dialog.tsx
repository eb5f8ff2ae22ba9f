/** Setting a rule of alerts: a threshold for each severity, for every system or for one. */
import { Checkbox, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type AlertRule, setAlertRule } from '../../api/work/alerts.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';

const shown = ['Low', 'Medium', 'High', 'Critical'] as const;
type Typed = Readonly<Record<(typeof shown)[number], string>>;

/** What is typed so far. A severity left empty has no threshold: it never alerts, which differs from a threshold of 0. */
const useTypedLevels = ({ levels: saved }: AlertRule) => {
  const at = (severity: string): string =>
    String(saved.find((level) => level.severity === severity)?.at ?? '');
  const [typed, setTyped] = useState<Typed>({
    Low: at('Low'),
    Medium: at('Medium'),
    High: at('High'),
    Critical: at('Critical'),
  });
  const levels = shown.flatMap((severity) =>
    typed[severity].trim() === '' ? [] : [{ severity, at: Number(typed[severity]) }],
  );
  return { typed, setTyped, levels };
};

const ThresholdFields = ({
  unit,
  typed,
  onType,
}: {
  readonly unit: string;
  readonly typed: Typed;
  readonly onType: (severity: keyof Typed, value: string) => void;
}) =>
  shown.map((severity) => (
    <TextInput
      key={severity}
      mt="sm"
      label={`${severity} at (${unit})`}
      inputMode="decimal"
      value={typed[severity]}
      onChange={(event) => onType(severity, event.currentTarget.value)}
    />
  ));

const SystemField = ({
  value,
  onType,
}: {
  readonly value: string;
  readonly onType: (system: string) => void;
}) => (
  <TextInput
    mt="sm"
    label="System"
    description="Its id, such as SYS-001"
    value={value}
    onChange={(event) => onType(event.currentTarget.value)}
    required
  />
);

export const RuleDialog = ({
  of,
  forSystem,
  onClose,
}: {
  readonly of: AlertRule;
  /** Whether it is set for one system, which is asked for. */
  readonly forSystem: boolean;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const { typed, setTyped, levels } = useTypedLevels(of);
  const [isEnabled, setEnabled] = useState(of.isEnabled);
  const [system, setSystem] = useState(of.systemId ?? '');
  return (
    <ActionDialog
      title={of.title}
      verb="Save"
      reason="required"
      incomplete={
        levels.length === 0 ||
        levels.some((level) => Number.isNaN(level.at)) ||
        (forSystem && system.trim() === '')
      }
      onClose={onClose}
      onRun={async (reason) => {
        await setAlertRule({
          kind: of.kind,
          metric: of.metric,
          systemId: forSystem ? system.trim() : of.systemId,
          levels,
          isEnabled,
          reason: reason ?? '',
        });
        await queryClient.invalidateQueries({ queryKey: ['alert-rules'] });
        tell('It counts from the next evaluation on, within a minute or an hour.');
        onClose();
      }}
    >
      <p>
        The value is {of.means}. It alerts at the threshold and {of.direction} it; empty: never with that
        severity.
      </p>
      {forSystem ? <SystemField value={system} onType={setSystem} /> : null}
      <ThresholdFields
        unit={of.unit}
        typed={typed}
        onType={(severity, value) => setTyped((before) => ({ ...before, [severity]: value }))}
      />
      <Checkbox
        mt="md"
        label="In force"
        checked={isEnabled}
        onChange={(event) => setEnabled(event.currentTarget.checked)}
      />
    </ActionDialog>
  );
};
