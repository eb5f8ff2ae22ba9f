/** Which NIST SP 800-53 controls a weakness concerns: rules in order, the first that matches counts; and why of one plugin. */
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type ControlRule, controlRulesQuery, explainedQuery } from '../../api/control-rules.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from '../deciders/deciders.module.css';
import { RemoveRuleDialog, RuleDialog } from './rule-dialogs.tsx';
import { matchWords, patternWords } from './words.ts';

const RuleRow = ({
  of,
  onChange,
  onRemove,
}: {
  readonly of: ControlRule;
  readonly onChange: (() => void) | undefined;
  readonly onRemove: () => void;
}) => (
  <tr>
    <td className={detail['num']}>{of.priority}</td>
    <td>{matchWords[of.matchField]}</td>
    <td className="mono">{patternWords(of)}</td>
    <td className="strong">{of.controls.join(', ')}</td>
    <td>{of.source}</td>
    {onChange === undefined ? null : (
      <td style={{ whiteSpace: 'nowrap' }}>
        <Button variant="default" size="compact-sm" aria-label={`Change rule ${of.id}`} onClick={onChange}>
          Change…
        </Button>{' '}
        <Button variant="subtle" size="compact-sm" aria-label={`Remove rule ${of.id}`} onClick={onRemove}>
          Remove…
        </Button>
      </td>
    )}
  </tr>
);

const RuleTable = ({
  of,
  mayChange,
}: {
  readonly of: readonly ControlRule[];
  readonly mayChange: boolean;
}) => {
  const [changing, setChanging] = useState<ControlRule>();
  const [removing, setRemoving] = useState<ControlRule>();
  return (
    <>
      <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Rules of controls">
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col" className={detail['num']}>
                Order
              </th>
              <th scope="col">By</th>
              <th scope="col">Which</th>
              <th scope="col">Controls</th>
              <th scope="col">Why</th>
              {mayChange ? (
                <th scope="col">
                  <span className="hidden-text">Change</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {of.map((rule) => (
              <RuleRow
                key={rule.id}
                of={rule}
                onChange={mayChange ? () => setChanging(rule) : undefined}
                onRemove={() => setRemoving(rule)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {changing ? <RuleDialog of={changing} onClose={() => setChanging(undefined)} /> : null}
      {removing ? <RemoveRuleDialog of={removing} onClose={() => setRemoving(undefined)} /> : null}
    </>
  );
};

const Explained = ({ pluginId }: { readonly pluginId: string }) => (
  <Loaded query={useQuery(explainedQuery(pluginId))}>
    {(of) => (
      <div role="status">
        <p>
          <RecordLink kind="plugin" id={of.pluginId}>
            {of.name}
          </RecordLink>{' '}
          concerns{' '}
          <span className="strong">
            {of.controls
              .map((id) => `${id} ${of.titles.find(({ controlId }) => controlId === id)?.title ?? ''}`.trim())
              .join('; ') || 'no control'}
          </span>
          : {of.reason}.
        </p>
        {of.matching.length > 1 ? (
          <p className="quiet">
            {of.matching.length - 1} {of.matching.length === 2 ? 'rule matches' : 'rules match'} after it:{' '}
            {of.matching
              .slice(1)
              .map(
                (rule) =>
                  `${matchWords[rule.matchField]} ${patternWords(rule)} → ${rule.controls.join(', ')}`,
              )
              .join('; ')}
          </p>
        ) : null}
      </div>
    )}
  </Loaded>
);

const Explain = () => {
  const router = useRouter();
  const { plugin } = useSearch({ strict: false });
  const [typed, setTyped] = useState(plugin ?? '');
  return (
    <Section title="Why does a plugin concern which control?">
      <form
        className={styles['bar']}
        onSubmit={(event) => {
          event.preventDefault();
          void router.navigate({ to: '.', search: { plugin: typed.trim() || undefined } });
        }}
      >
        <TextInput
          aria-label="Plugin"
          placeholder="Plugin, such as 156032"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={typed.trim() === ''}>
          Explain
        </Button>
      </form>
      {plugin === undefined || plugin === '' ? null : <Explained pluginId={plugin} />}
    </Section>
  );
};

export const ControlRulesPage = () => {
  const mayChange = useMay('mapping:write');
  const [adding, setAdding] = useState(false);
  return (
    <div className={detail['page']}>
      <PageTitle title="Control rules" />
      <p className={`quiet ${styles['lead'] ?? ''}`}>
        Each weakness is tied to NIST SP 800-53 revision 5 controls. A check that names its controls itself
        comes first; else the first of these rules that matches. Weaknesses follow a change from the next run
        on; POA&Ms that are there keep their control.
      </p>
      <Explain />
      <Section title="Rules">
        {mayChange ? (
          <div className={styles['bar']}>
            <Button onClick={() => setAdding(true)}>Add a rule…</Button>
          </div>
        ) : null}
        <Loaded query={useQuery(controlRulesQuery)} whole>
          {(rules) => <RuleTable of={rules} mayChange={mayChange} />}
        </Loaded>
      </Section>
      {adding ? <RuleDialog onClose={() => setAdding(false)} /> : null}
    </div>
  );
};
