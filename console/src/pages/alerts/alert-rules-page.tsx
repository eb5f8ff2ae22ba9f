/** When alerts are raised, and where they are delivered to. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type AlertRule, alertRulesQuery, removeAlertRule } from '../../api/work/alerts.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay, useSession } from '../../shell/use-session.ts';
import { Channels } from './channels.tsx';
import { RuleDialog } from './rule-dialog.tsx';

const Reset = ({ of, onClose }: { readonly of: AlertRule; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title="Inherit again"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        await removeAlertRule({ kind: of.kind, metric: of.metric, systemId: of.systemId }, reason ?? '');
        await queryClient.invalidateQueries({ queryKey: ['alert-rules'] });
        tell('What holds for every system holds there too.');
        onClose();
      }}
    >
      <p>
        {of.systemId} gives up its own rule for {of.title.toLowerCase()}.
      </p>
    </ActionDialog>
  );
};

const levelWords = ({ levels, direction }: AlertRule): string =>
  levels
    .map(({ at, severity }) => `${severity} at ${at} ${direction === 'above' ? 'or more' : 'or less'}`)
    .join(', ');

/** What may be done with a rule: that of every system is changed, or differed from; that of one system is changed, or given up. */
const RuleActions = ({
  of: rule,
  mayChange,
  mayChangeAll,
  onChange,
  onReset,
}: {
  readonly of: AlertRule;
  readonly mayChange: boolean;
  readonly mayChangeAll: boolean;
  readonly onChange: (forSystem: boolean) => void;
  readonly onReset: () => void;
}) => (
  <>
    {(rule.systemId === null ? mayChangeAll : mayChange) ? (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Change ${rule.title}`}
        onClick={() => onChange(false)}
      >
        Change…
      </Button>
    ) : null}{' '}
    {mayChange && rule.systemId === null && rule.mayDiffer ? (
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={`Let a system differ: ${rule.title}`}
        onClick={() => onChange(true)}
      >
        For a system…
      </Button>
    ) : null}
    {mayChange && rule.systemId !== null ? (
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={`Inherit again: ${rule.title}`}
        onClick={onReset}
      >
        Inherit again…
      </Button>
    ) : null}
  </>
);

const RuleTable = ({
  of,
  mayChange,
  mayChangeAll,
}: {
  readonly of: readonly AlertRule[];
  readonly mayChange: boolean;
  readonly mayChangeAll: boolean;
}) => {
  const [open, setOpen] = useState<{ readonly of: AlertRule; readonly forSystem: boolean }>();
  const [reset, setReset] = useState<AlertRule>();
  return (
    <>
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">System</th>
            <th scope="col">Severity by value</th>
            <th scope="col">Unit</th>
            <th scope="col">
              <span className="hidden-text">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((rule) => (
            <tr key={rule.id}>
              <td title={`The value is ${rule.means}.`}>
                {rule.metric === null ? rule.title : `Metric ${rule.metric}`}
                {rule.isEnabled ? null : <span className="quiet"> (off)</span>}
              </td>
              <td>{rule.systemId ?? <span className="quiet">every system</span>}</td>
              <td>{levelWords(rule)}</td>
              <td>{rule.unit}</td>
              <td>
                <RuleActions
                  of={rule}
                  mayChange={mayChange}
                  mayChangeAll={mayChangeAll}
                  onChange={(forSystem) => setOpen({ of: rule, forSystem })}
                  onReset={() => setReset(rule)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {open === undefined ? null : (
        <RuleDialog of={open.of} forSystem={open.forSystem} onClose={() => setOpen(undefined)} />
      )}
      {reset === undefined ? null : <Reset of={reset} onClose={() => setReset(undefined)} />}
    </>
  );
};

export const AlertRulesPage = () => {
  const mayChange = useMay('alert:rules');
  const mayDeliver = useMay('alert:channels');
  const { permissions } = useSession();
  const held = permissions['alert:rules'];
  const mayChangeAll = mayChange && held !== undefined && !Array.isArray(held);
  return (
    <div className={detail['page']}>
      <PageTitle title="Alert rules" />
      <p className="quiet">
        An alert is raised once, updated while it holds, and ends by itself. A rule for one system comes
        before the rule for every system.
      </p>
      {mayDeliver ? <Channels /> : null}
      <Section title="Rules">
        <Loaded query={useQuery(alertRulesQuery)}>
          {(rules) => <RuleTable of={rules} mayChange={mayChange} mayChangeAll={mayChangeAll} />}
        </Loaded>
      </Section>
    </div>
  );
};
