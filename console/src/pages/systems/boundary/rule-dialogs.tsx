/** Making a rule and ending one; what it moves is shown before, and it does just that or nothing. */
import { Button, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addRule,
  type AssetRole,
  type BoundaryRule,
  type ConditionKind,
  endRule,
  previewRule,
  type RuleDraft,
  type RuleEffect,
  ruleEndQuery,
} from '../../../api/boundary-rules.ts';
import { ActionDialog } from '../../../kit/act/action-dialog.tsx';
import { Loaded } from '../../../kit/detail/loaded.tsx';
import { tell } from '../../../kit/notice.tsx';
import styles from './boundary.module.css';
import { Effect } from './effect.tsx';
import { effectWords, kinds, kindWords, roleWords } from './words.ts';

interface Typed {
  readonly conditions: readonly { readonly kind: ConditionKind; readonly text: string }[];
  readonly priority: string;
  readonly role: AssetRole;
  readonly note: string;
}
type Typing = { readonly typed: Typed; readonly onChange: (typed: Typed) => void };

const valuesIn = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((value) => value.trim())
    .filter((value) => value !== '');

const draftOf = ({ conditions, priority, role, note }: Typed): RuleDraft => ({
  conditions: conditions
    .map(({ kind, text }) => ({ kind, values: valuesIn(text) }))
    .filter(({ values }) => values.length > 0),
  priority: Number(priority),
  role,
  note: note.trim() === '' ? null : note.trim(),
});

const isPriority = (text: string): boolean =>
  /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1000;

const ConditionFields = ({ typed, onChange }: Typing) => {
  const set = (at: number, change: Partial<Typed['conditions'][number]>): void =>
    onChange({
      ...typed,
      conditions: typed.conditions.map((each, index) => (index === at ? { ...each, ...change } : each)),
    });
  return typed.conditions.map(({ kind, text }, at) => (
    // Conditions have no id: their place is what they are.
    // oxlint-disable-next-line react/no-array-index-key
    <div key={at} className={styles['condition']}>
      <NativeSelect
        label={at === 0 ? 'An asset belongs here if its' : 'and its'}
        value={kind}
        onChange={(event) => set(at, { kind: event.currentTarget.value as ConditionKind })} // of the list
        data={kinds.map((each) => ({ value: each, label: kindWords[each].title }))}
      />
      <Textarea
        label="is one of (a line each)"
        placeholder={kindWords[kind].example}
        description={kindWords[kind].fits}
        value={text}
        onChange={(event) => set(at, { text: event.currentTarget.value })}
        autosize
        minRows={1}
        maxRows={6}
      />
      {typed.conditions.length === 1 ? (
        <span />
      ) : (
        <Button
          variant="default"
          aria-label={`Take condition ${at + 1} out`}
          onClick={() =>
            onChange({ ...typed, conditions: typed.conditions.filter((_each, index) => index !== at) })
          }
        >
          Take out
        </Button>
      )}
    </div>
  ));
};

const RuleFields = ({ typed, onChange }: Typing) => (
  <div className={styles['fields']}>
    <ConditionFields typed={typed} onChange={onChange} />
    <div>
      <Button
        variant="default"
        onClick={() => onChange({ ...typed, conditions: [...typed.conditions, { kind: 'tag', text: '' }] })}
      >
        Add a condition
      </Button>
    </div>
    <div className={styles['pair']}>
      <TextInput
        label="Priority"
        description="1 comes first"
        inputMode="numeric"
        value={typed.priority}
        error={isPriority(typed.priority) ? undefined : 'A whole number from 1 to 1000'}
        onChange={(event) => onChange({ ...typed, priority: event.currentTarget.value })}
      />
      <NativeSelect
        label="Role of this system"
        description={roleWords[typed.role].meaning}
        value={typed.role}
        onChange={(event) => onChange({ ...typed, role: event.currentTarget.value as AssetRole })} // of the list
        data={(['responsible', 'inherited'] as const).map((role) => ({
          value: role,
          label: roleWords[role].title,
        }))}
      />
    </div>
    <TextInput
      label="What the rule is for (optional)"
      value={typed.note}
      maxLength={500}
      onChange={(event) => onChange({ ...typed, note: event.currentTarget.value })}
    />
  </div>
);

const useRefresh = () => {
  const queryClient = useQueryClient();
  return async (): Promise<void> => {
    for (const queryKey of [
      ['systems'],
      ['matches'],
      ['list', 'matches'],
      ['list', 'assets'],
      ['assets'],
      ['me'],
    ])
      await queryClient.invalidateQueries({ queryKey });
  };
};

const empty: Typed = {
  conditions: [{ kind: 'network', text: '' }],
  priority: '100',
  role: 'responsible',
  note: '',
};

/** The first press shows what the rule would move, the second makes it; what is typed between makes the first one due again. */
export const AddRuleDialog = ({
  systemId,
  onClose,
}: {
  readonly systemId: string;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const [typed, setTyped] = useState(empty);
  const [effect, setEffect] = useState<RuleEffect>();
  const draft = draftOf(typed);
  const run = async (reason: string | undefined): Promise<void> => {
    if (effect === undefined) {
      setEffect(await previewRule(systemId, draft));
      return;
    }
    const made = await addRule(systemId, { ...draft, sha256: effect.sha256, reason }).catch(
      (error: unknown) => {
        setEffect(undefined);
        throw error;
      },
    );
    await refresh();
    tell(`Rule ${made.ruleId} is made. ${effectWords(made.effect)}`);
    onClose();
  };
  return (
    <ActionDialog
      title="New rule"
      verb={effect === undefined ? 'See what it moves' : 'Make the rule'}
      {...(effect === undefined ? {} : { reason: 'optional' })}
      size="xl"
      incomplete={draft.conditions.length === 0 || !isPriority(typed.priority)}
      onRun={run}
      onClose={onClose}
    >
      <RuleFields
        typed={typed}
        onChange={(next) => {
          setTyped(next);
          setEffect(undefined);
        }}
      />
      {effect === undefined ? null : <Effect of={effect} />}
    </ActionDialog>
  );
};

export const EndRuleDialog = ({
  of,
  onClose,
}: {
  readonly of: BoundaryRule;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const query = useQuery(ruleEndQuery(of.id));
  return (
    <ActionDialog
      title={`End rule ${of.id}`}
      verb="End the rule"
      reason="optional"
      size="lg"
      incomplete={query.data === undefined}
      onClose={onClose}
      onRun={async (reason) => {
        const { effect } = await endRule(of.id, { sha256: query.data?.sha256 ?? '', reason });
        await refresh();
        tell(`Rule ${of.id} has ended. ${effectWords(effect)}`);
        onClose();
      }}
    >
      <Loaded query={query}>{(effect) => <Effect of={effect} />}</Loaded>
    </ActionDialog>
  );
};
