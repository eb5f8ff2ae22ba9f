/** Who decides what people ask for: of every system, and where a system has rules of its own. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { decidersQuery } from '../../api/decisions/deciders.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import { DeciderDialog } from './decider-dialog.tsx';
import { DeciderTable } from './decider-table.tsx';
import styles from './deciders.module.css';

export const DecidersPage = () => {
  const mayChange = useMay('policy:write');
  const [adding, setAdding] = useState(false);
  return (
    <div className={detail['page']}>
      <PageTitle title="Who decides" />
      <p className={`quiet ${styles['lead'] ?? ''}`}>
        Deviations, extensions, completions and earlier due dates are decided by people in these roles, in
        this order. Whoever asks never decides. The nearest rule holds: of the system and severity, else of
        the system, else of every system.
      </p>
      {mayChange ? (
        <div className={styles['bar']}>
          <Button onClick={() => setAdding(true)}>Add a rule…</Button>
        </div>
      ) : null}
      <Loaded query={useQuery(decidersQuery())} whole>
        {(rules) => {
          const own = rules.filter(({ boundary }) => boundary !== null);
          return (
            <>
              <DeciderTable of={rules.filter(({ boundary }) => boundary === null)} mayChange={mayChange} />
              <Section title="Systems with rules of their own">
                {own.length === 0 ? (
                  <p className="quiet">None: every system inherits the rules above.</p>
                ) : (
                  <DeciderTable of={own} mayChange={mayChange} />
                )}
              </Section>
            </>
          );
        }}
      </Loaded>
      {adding ? <DeciderDialog of={{}} onClose={() => setAdding(false)} /> : null}
    </div>
  );
};
