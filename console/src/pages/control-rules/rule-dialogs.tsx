/** Adding a rule of controls, changing one, and removing one. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addControlRule,
  changeControlRule,
  type ControlRule,
  removeControlRule,
} from '../../api/control-rules.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import styles from '../deciders/deciders.module.css';
import { examples, isExpression, matchWords } from './words.ts';

const fields = Object.keys(matchWords) as ControlRule['matchField'][]; // its own keys

const idsIn = (text: string): string[] => text.split(/[\s,;]+/).filter((id) => id !== '');
const isOrder = (text: string): boolean =>
  /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= 100_000;

interface Typed {
  readonly field: ControlRule['matchField'];
  readonly pattern: string;
  readonly controls: string;
  readonly priority: string;
  readonly source: string;
}

const Fields = ({
  typed,
  onChange,
}: {
  readonly typed: Typed;
  readonly onChange: (part: Partial<Typed>) => void;
}) => (
  <>
    <div className={styles['pair']}>
      <NativeSelect
        label="By"
        value={typed.field}
        onChange={(event) => onChange({ field: event.currentTarget.value as ControlRule['matchField'] })} // one of the options
        data={fields.map((each) => ({ value: each, label: matchWords[each] }))}
      />
      <TextInput
        label="Which"
        description={isExpression(typed.field) ? 'A regular expression; case does not matter' : undefined}
        placeholder={examples[typed.field]}
        value={typed.pattern}
        disabled={typed.field === 'any'}
        onChange={(event) => onChange({ pattern: event.currentTarget.value })}
        maxLength={500}
      />
    </div>
    <div className={styles['pair']}>
      <TextInput
        label="Controls"
        description="Of SP 800-53 revision 5; the first one leads"
        placeholder="SI-2, CM-6"
        value={typed.controls}
        onChange={(event) => onChange({ controls: event.currentTarget.value })}
        required
      />
      <TextInput
        label="Order"
        description="The lowest is asked first"
        inputMode="numeric"
        value={typed.priority}
        error={isOrder(typed.priority) ? undefined : 'A whole number from 1 to 100000'}
        onChange={(event) => onChange({ priority: event.currentTarget.value })}
      />
    </div>
    <TextInput
      mt="sm"
      label="Why"
      placeholder="Agreed with the assessor on 12 November"
      value={typed.source}
      onChange={(event) => onChange({ source: event.currentTarget.value })}
      maxLength={500}
      required
    />
  </>
);

const ruleOf = ({ field, pattern, controls, priority, source }: Typed): Omit<ControlRule, 'id'> => ({
  matchField: field,
  pattern: field === 'any' && pattern.trim() === '' ? '.' : pattern.trim(),
  controls: idsIn(controls),
  priority: Number(priority),
  source: source.trim(),
});

/** @param of undefined: a new one. */
export const RuleDialog = ({ of, onClose }: { readonly of?: ControlRule; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState<Typed>({
    field: of?.matchField ?? 'plugin_id',
    pattern: of?.pattern ?? '',
    controls: of?.controls.join(', ') ?? '',
    priority: String(of?.priority ?? 50),
    source: of?.source ?? '',
  });
  const rule = ruleOf(typed);
  return (
    <ActionDialog
      title={of === undefined ? 'New rule of controls' : `Change rule ${of.id}`}
      verb={of === undefined ? 'Add the rule' : 'Save'}
      incomplete={
        rule.pattern === '' || rule.controls.length === 0 || rule.source === '' || !isOrder(typed.priority)
      }
      onClose={onClose}
      onRun={async () => {
        await (of === undefined ? addControlRule(rule) : changeControlRule(of.id, rule));
        await queryClient.invalidateQueries({ queryKey: ['control-rules'] });
        tell('Saved. Weaknesses follow it from the next run on.');
        onClose();
      }}
    >
      <Fields typed={typed} onChange={(part) => setTyped({ ...typed, ...part })} />
    </ActionDialog>
  );
};

export const RemoveRuleDialog = ({
  of,
  onClose,
}: {
  readonly of: ControlRule;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`Remove rule ${of.id}`}
      verb="Remove"
      onClose={onClose}
      onRun={async () => {
        await removeControlRule(of.id);
        await queryClient.invalidateQueries({ queryKey: ['control-rules'] });
        tell(`Rule ${of.id} was removed. Weaknesses follow that from the next run on.`);
        onClose();
      }}
    >
      <p>
        {matchWords[of.matchField]} <span className="mono">{of.pattern}</span> no longer leads to{' '}
        {of.controls.join(', ')}: the next rule that matches counts.
      </p>
    </ActionDialog>
  );
};
