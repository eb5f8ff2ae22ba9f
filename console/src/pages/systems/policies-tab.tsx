/** What holds in a system: its due-date policies and what they ask about it, how often its POA&Ms are reviewed, and who decides. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { decidersQuery } from '../../api/decisions/deciders.ts';
import {
  boundaryFactsQuery,
  type DueFacts,
  duePoliciesQuery,
  type DuePolicy,
  sayBoundary,
} from '../../api/decisions/due-policies.ts';
import { reviewIntervalsQuery } from '../../api/work/tasks.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { useMay } from '../../shell/use-session.ts';
import { DeciderTable } from '../deciders/decider-table.tsx';
import { UseDialog } from '../due-policies/use-dialog.tsx';
import { useToday } from '../../kit/now.ts';
import { forceWords, heldIn, shownVersion } from '../due-policies/words.ts';
import { IntervalDialog } from '../reviews/interval-dialog.tsx';

interface OfSystem {
  readonly systemId: string;
  readonly name: string;
}

const PolicyRow = ({
  of,
  systemId,
  today,
  onSet,
}: {
  readonly of: DuePolicy;
  readonly systemId: string;
  readonly today: string;
  readonly onSet: (() => void) | undefined;
}) => {
  const version = shownVersion(of);
  if (!version) return null;
  const { applies, coversOpen, own } = heldIn(of, systemId);
  return (
    <tr>
      <td>
        <Link to="/setup/due-policies/policy/$policyId" params={{ policyId: of.policyId }}>
          {version.title}
        </Link>
      </td>
      <td className={applies ? 'strong' : 'quiet'}>
        {applies ? 'applies' : 'does not apply'}
        {coversOpen ? <span className="quiet">, also to what was open before it began</span> : null}
      </td>
      <td className={version.inForce ? '' : 'quiet'}>{forceWords(version, today)}</td>
      <td>
        {own === undefined ? (
          <span className="quiet">as by default</span>
        ) : (
          <span>
            {own.reason} <span className="quiet">by {own.setBy}, </span>
            <When at={own.setAt} />
          </span>
        )}
      </td>
      {onSet === undefined ? null : (
        <td>
          <Button variant="default" size="compact-sm" aria-label={`Set ${version.title}`} onClick={onSet}>
            Set…
          </Button>
        </td>
      )}
    </tr>
  );
};

const Policies = ({ systemId, name }: OfSystem) => {
  const maySet = useMay('due-policy:write');
  const today = useToday();
  const [setting, setSetting] = useState<DuePolicy>();
  return (
    <Loaded query={useQuery(duePoliciesQuery)}>
      {(policies) => (
        <>
          <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Due-date policies">
            <table className={detail['table']}>
              <thead>
                <tr>
                  <th scope="col">Policy</th>
                  <th scope="col">Here</th>
                  <th scope="col">In force</th>
                  <th scope="col">Why</th>
                  {maySet ? (
                    <th scope="col">
                      <span className="hidden-text">Set</span>
                    </th>
                  ) : null}
                </tr>
              </thead>
              <tbody>
                {policies.map((policy) => (
                  <PolicyRow
                    key={policy.policyId}
                    of={policy}
                    systemId={systemId}
                    today={today}
                    onSet={maySet ? () => setSetting(policy) : undefined}
                  />
                ))}
              </tbody>
            </table>
          </div>
          {setting ? (
            <UseDialog
              policy={setting}
              systemId={systemId}
              systemName={name}
              onClose={() => setSetting(undefined)}
            />
          ) : null}
        </>
      )}
    </Loaded>
  );
};

const classes = ['A', 'B', 'C', 'D'] as const;

const SayDialog = ({
  systemId,
  of,
  onClose,
}: {
  readonly systemId: string;
  readonly of: DueFacts['boundary'][number] | undefined;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const [klass, setKlass] = useState(of?.class ?? '');
  const [isNational, setIsNational] = useState(
    of === undefined || of.nationalSecurity === null ? '' : of.nationalSecurity ? 'yes' : 'no',
  );
  return (
    <ActionDialog
      title="What due-date policies ask about this system"
      verb="Save"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await sayBoundary(systemId, {
          class: classes.find((each) => each === klass) ?? null,
          nationalSecurity: isNational === '' ? null : isNational === 'yes',
          reason: reason ?? null,
        });
        for (const queryKey of [['systems', systemId], ['due-policies'], ['me']])
          await queryClient.invalidateQueries({ queryKey });
        tell('Saved. The next sync judges by it.');
        onClose();
      }}
    >
      <NativeSelect
        label="FedRAMP class"
        value={klass}
        onChange={(event) => setKlass(event.currentTarget.value)}
        data={[
          { value: '', label: 'not known' },
          ...classes.map((each) => ({ value: each, label: `class ${each}` })),
        ]}
      />
      <NativeSelect
        mt="sm"
        label="National security system"
        value={isNational}
        onChange={(event) => setIsNational(event.currentTarget.value)}
        data={[
          { value: '', label: 'not known' },
          { value: 'no', label: 'no: a civilian system' },
          { value: 'yes', label: 'yes' },
        ]}
      />
    </ActionDialog>
  );
};

const Said = ({ systemId }: { readonly systemId: string }) => {
  const maySay = useMay('due-policy:write');
  const [open, setOpen] = useState(false);
  return (
    <Loaded query={useQuery(boundaryFactsQuery(systemId))}>
      {({ boundary: [newest] }) => (
        <>
          <Facts
            of={[
              [
                'FedRAMP class',
                newest?.class ?? (
                  <span key="class" className="attention">
                    not known
                  </span>
                ),
              ],
              [
                'System kind',
                newest === undefined || newest.nationalSecurity === null ? (
                  <span key="kind" className="attention">
                    not known
                  </span>
                ) : newest.nationalSecurity ? (
                  'national security system'
                ) : (
                  'civilian'
                ),
              ],
              ...(newest === undefined
                ? []
                : [
                    [
                      'Said',
                      <span key="said">
                        <At at={newest.setAt} /> by {newest.setBy}
                        {newest.reason === null ? '' : `: ${newest.reason}`}
                      </span>,
                    ] as const,
                  ]),
            ]}
          />
          {maySay ? (
            <Button mt="sm" variant="default" onClick={() => setOpen(true)}>
              Say…
            </Button>
          ) : null}
          {open ? <SayDialog systemId={systemId} of={newest} onClose={() => setOpen(false)} /> : null}
        </>
      )}
    </Loaded>
  );
};

const often = (days: number | null): string => (days === null ? 'never' : `every ${days} days`);

const Reviews = ({ systemId }: { readonly systemId: string }) => {
  const maySet = useMay('policy:write');
  const [open, setOpen] = useState(false);
  return (
    <Loaded query={useQuery(reviewIntervalsQuery)}>
      {(intervals) => {
        const own = intervals.find(({ boundary }) => boundary === systemId);
        const every = intervals.find(({ boundary }) => boundary === null);
        return (
          <>
            <p>
              {own === undefined
                ? `${every === undefined ? 'Never: no review is asked for' : often(every.days)} (as in every system)`
                : `${often(own.days)}, set by ${own.setBy}`}
            </p>
            <div style={{ display: 'flex', alignItems: 'center', gap: 16, marginTop: 8 }}>
              {maySet ? (
                <Button variant="default" onClick={() => setOpen(true)}>
                  Change how often…
                </Button>
              ) : null}
              <Link to="/reviews" search={{ system: systemId }}>
                Late reviews of this system
              </Link>
            </div>
            {open ? (
              <IntervalDialog
                boundary={systemId}
                {...(own === undefined ? {} : { days: own.days })}
                onClose={() => setOpen(false)}
              />
            ) : null}
          </>
        );
      }}
    </Loaded>
  );
};

const Deciders = ({ systemId }: { readonly systemId: string }) => {
  const mayChange = useMay('policy:write');
  return (
    <Loaded query={useQuery(decidersQuery(systemId))}>
      {(rules) => (
        <DeciderTable
          // What the system says itself takes the place of what it inherits.
          of={rules.filter(
            (rule) =>
              rule.boundary !== null ||
              !rules.some(
                (other) =>
                  other.boundary === systemId && other.kind === rule.kind && other.severity === rule.severity,
              ),
          )}
          system={systemId}
          mayChange={mayChange}
        />
      )}
    </Loaded>
  );
};

export const PoliciesTab = ({ systemId, name }: OfSystem) => {
  const [seesPoams, seesPlans] = [useMay('poam:read'), useMay('plan:read')];
  return (
    <>
      <Section title="Due-date policies">
        <Policies systemId={systemId} name={name} />
      </Section>
      <Section title="What they ask about this system">
        <Said systemId={systemId} />
      </Section>
      {seesPoams ? (
        <Section title="Review of open POA&Ms">
          <Reviews systemId={systemId} />
        </Section>
      ) : null}
      {seesPlans ? (
        <Section title="Who decides">
          <Deciders systemId={systemId} />
        </Section>
      ) : null}
    </>
  );
};
