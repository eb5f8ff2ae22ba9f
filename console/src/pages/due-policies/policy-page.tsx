/** One policy: its versions with their tables, and where it applies. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Problem } from '../../api/http/problem.ts';
import {
  type DuePolicy,
  duePoliciesQuery,
  type PolicyUse,
  type PolicyVersion,
} from '../../api/decisions/due-policies.ts';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { ErrorPage } from '../../shell/error-page.tsx';
import { useMay, useSession } from '../../shell/use-session.ts';
import { useToday } from '../../kit/now.ts';
import { PolicyStarts } from './policy-starts.tsx';
import { PolicyTimes } from './policy-times.tsx';
import { UseDialog } from './use-dialog.tsx';
import { basisWords, byDefault, countsWords, earlierWords, forceWords, shownVersion } from './words.ts';
import styles from './due-policies.module.css';

const Version = ({ of, today }: { readonly of: PolicyVersion; readonly today: string }) => (
  <section className={styles['version']} aria-label={`Version ${of.version}`}>
    <h2>
      Version {of.version}: {of.title}
    </h2>
    <Facts
      of={[
        ['In force', forceWords(of, today)],
        ['Counts from', basisWords[of.basis]],
        ['Counts', countsWords[of.counts]],
        ...(of.calendar === null
          ? []
          : [
              [
                'Calendar',
                <Link key="calendar" to="/setup/due-policies/calendar">
                  {of.calendar}
                </Link>,
              ] as const,
            ]),
        ['For', of.civilianOnly ? 'civilian systems, not national security systems' : 'every system'],
        [
          'An earlier date',
          earlierWords[of.whenEarlier],
          'What becomes of a promised date when an earlier obligation arises',
        ],
        [
          'Severity',
          of.rating === 'adjusted'
            ? 'of an approved risk adjustment, else as it was found'
            : 'as it was found',
        ],
        ...(of.epssFrom === null
          ? []
          : [['EPSS', `its condition says yes from a score of ${of.epssFrom}`] as const]),
        ...(of.evaluations.length === 0
          ? []
          : [
              [
                'To be evaluated',
                `within ${of.evaluations.map((each) => `${each.days} days (class ${each.class})`).join(', ')} of detection`,
              ] as const,
            ]),
        ...(of.graceUntil === null
          ? []
          : [['Grace', `its issuer takes work under it until ${of.graceUntil}`] as const]),
        ['Source', `${of.source}${of.sourceRead ? '' : ' (in part from a secondary source)'}`],
      ]}
    />
    <div style={{ marginTop: 12 }}>
      <PolicyTimes of={of} />
    </div>
  </section>
);

const UseRow = ({ of, name }: { readonly of: PolicyUse; readonly name: string }) => (
  <tr>
    <td>{name}</td>
    <td>
      {of.applies ? 'applies' : 'does not apply'}
      {of.coversOpen ? ', also to what was open before it began' : ''}
      {of.whenEarlier === null ? '' : `; an earlier date ${earlierWords[of.whenEarlier]}`}
    </td>
    <td>{of.reason}</td>
    <td>
      <At at={of.setAt} /> <span className="quiet">by {of.setBy}</span>
    </td>
  </tr>
);

const Uses = ({ of }: { readonly of: DuePolicy }) => {
  const { boundaries } = useSession();
  const mayDefault = useMay('policy:write');
  const maySystem = useMay('due-policy:write');
  const [open, setOpen] = useState<string | null>();
  const [picked, setPicked] = useState('');
  const nameOf = (id: string | null): string =>
    id === null ? 'By default' : (boundaries.find((each) => each.id === id)?.name ?? id);
  return (
    <>
      {of.uses.length === 0 ? (
        <p className="quiet">It applies nowhere.</p>
      ) : (
        <table className={detail['table']} style={{ maxWidth: 1100 }}>
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">Whether</th>
              <th scope="col">Why</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
            {of.uses.map((use) => (
              <UseRow key={use.systemId ?? ''} of={use} name={nameOf(use.systemId)} />
            ))}
          </tbody>
        </table>
      )}
      <div className={styles['bar']}>
        {mayDefault ? (
          <Button variant="default" onClick={() => setOpen(null)}>
            {byDefault(of)?.applies === true ? 'Change the default…' : 'Apply by default…'}
          </Button>
        ) : null}
        {maySystem ? (
          <>
            <label>
              <span className="quiet">For one system: </span>
              <select value={picked} onChange={(event) => setPicked(event.currentTarget.value)}>
                <option value="">choose…</option>
                {boundaries.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <Button variant="default" disabled={picked === ''} onClick={() => setOpen(picked)}>
              Set…
            </Button>
          </>
        ) : null}
      </div>
      {open === undefined ? null : (
        <UseDialog policy={of} systemId={open} systemName={nameOf(open)} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
};

export const DuePolicyPage = () => {
  const { policyId = '' } = useParams({ strict: false });
  const today = useToday();
  return (
    <Loaded query={useQuery(duePoliciesQuery)} whole>
      {(policies) => {
        const policy = policies.find((each) => each.policyId === policyId);
        const shown = policy && shownVersion(policy);
        if (!policy || !shown) return <ErrorPage error={new Problem(404, { code: 'RECORD_UNKNOWN' })} />;
        return (
          <div className={detail['page']}>
            <DetailHead
              parent={{ to: '/setup/due-policies', title: 'Due-date policies' }}
              title={shown.title}
              marks={
                <>
                  <span className="mono quiet">{policyId}</span>
                  <span>{forceWords(shown, today)}</span>
                </>
              }
            />
            <Section title="Where it applies">
              <Uses of={policy} />
            </Section>
            {policy.starts.length === 0 ? null : (
              <Section title="Where it begins">
                <PolicyStarts of={[policy]} />
              </Section>
            )}
            {policy.versions.map((version) => (
              <Version key={version.version} of={version} today={today} />
            ))}
          </div>
        );
      }}
    </Loaded>
  );
};
