/** Which due-date policies there are, from when to when, and which apply where. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type DuePolicy, duePoliciesQuery } from '../../api/decisions/due-policies.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useToday } from '../../kit/now.ts';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useSession } from '../../shell/use-session.ts';
import styles from './due-policies.module.css';
import { PolicyNav } from './policy-nav.tsx';
import { PolicyStarts } from './policy-starts.tsx';
import { basisWords, byDefault, forceWords, heldIn, shownVersion } from './words.ts';

const whereWords = (policy: DuePolicy): string => {
  const own = policy.uses.filter(({ systemId }) => systemId !== null);
  const on = own.filter(({ applies }) => applies).length;
  const off = own.length - on;
  const parts = [
    ...(byDefault(policy)?.applies === true ? ['by default'] : []),
    ...(on === 0 ? [] : [`in ${on} ${on === 1 ? 'system' : 'systems'}`]),
    ...(off === 0 ? [] : [`not in ${off}`]),
  ];
  return parts.length === 0 ? 'nowhere' : parts.join(', ');
};

/** Those that apply somewhere first, then those that are in force. */
const inOrder = (policies: readonly DuePolicy[]): readonly DuePolicy[] => {
  const rank = (policy: DuePolicy): number =>
    policy.uses.some(({ applies }) => applies) ? 0 : shownVersion(policy)?.inForce === true ? 1 : 2;
  return policies.toSorted((a, b) => rank(a) - rank(b));
};

const Row = ({ of, today }: { readonly of: DuePolicy; readonly today: string }) => {
  const version = shownVersion(of);
  if (!version) return null;
  const where = whereWords(of);
  return (
    <tr>
      <td>
        <Link to="/setup/due-policies/policy/$policyId" params={{ policyId: of.policyId }}>
          {version.title}
        </Link>
        <div className="quiet mono">{of.policyId}</div>
      </td>
      <td className={where === 'nowhere' ? 'quiet' : 'strong'} style={{ whiteSpace: 'nowrap' }}>
        {where}
      </td>
      <td className={version.inForce ? '' : 'quiet'} style={{ whiteSpace: 'nowrap' }}>
        {forceWords(version, today)}
      </td>
      <td>{basisWords[version.basis]}</td>
      <td style={{ whiteSpace: 'nowrap' }}>
        {version.civilianOnly ? 'civilian systems' : 'every system'}
        {version.sourceRead ? null : (
          <div className="quiet" title={version.source}>
            secondary source
          </div>
        )}
      </td>
      <td className={detail['num']}>{version.version}</td>
    </tr>
  );
};

const Policies = ({ of }: { readonly of: readonly DuePolicy[] }) => {
  const today = useToday();
  return (
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Policies">
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col">Applies</th>
            <th scope="col">In force</th>
            <th scope="col">Counts from</th>
            <th scope="col">For</th>
            <th scope="col" className={detail['num']}>
              Version
            </th>
          </tr>
        </thead>
        <tbody>
          {inOrder(of).map((policy) => (
            <Row key={policy.policyId} of={policy} today={today} />
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** Which policies each system follows. */
const BySystem = ({ of }: { readonly of: readonly DuePolicy[] }) => {
  const { boundaries } = useSession();
  if (boundaries.length === 0) return <p className="quiet">No system has been read yet.</p>;
  return (
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="By system">
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">System</th>
            <th scope="col">Follows</th>
            <th scope="col">Says so itself</th>
          </tr>
        </thead>
        <tbody>
          {boundaries.map(({ id, name }) => {
            const held = of.map((policy) => ({ policy, ...heldIn(policy, id) }));
            const followed = held.filter(({ applies }) => applies);
            const own = held.filter((each) => each.own !== undefined).length;
            return (
              <tr key={id}>
                <td>
                  <RecordLink kind="system" id={id}>
                    {name}
                  </RecordLink>
                  <div className="quiet mono">{id}</div>
                </td>
                <td>
                  {followed.length === 0 ? (
                    <span className="attention">none: its POA&Ms have no obligation</span>
                  ) : (
                    followed
                      .map(({ policy, coversOpen }) => {
                        const title = shownVersion(policy)?.title ?? policy.policyId;
                        return coversOpen ? `${title} (also what was open)` : title;
                      })
                      .join(' · ')
                  )}
                </td>
                <td>
                  <Link to="/systems/$systemId/{-$tab}" params={{ systemId: id, tab: 'policies' }}>
                    {own === 0 ? 'Inherits: look or change' : `Of ${own}: look or change`}
                  </Link>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};

export const DuePoliciesPage = () => (
  <div className={detail['page']}>
    <PageTitle title="Due-date policies" />
    <PolicyNav />
    <p className={`quiet ${styles['lead'] ?? ''}`}>
      A POA&M is due on the earliest day that any policy of its system gives, with the reason. A version is
      never changed; the effects of a change are shown before it is saved.
    </p>
    <Loaded query={useQuery(duePoliciesQuery)} whole>
      {(policies) => (
        <>
          <Policies of={policies} />
          <Section title="Policies that take effect later">
            <PolicyStarts of={policies} />
          </Section>
          <Section title="By system">
            <BySystem of={policies} />
          </Section>
        </>
      )}
    </Loaded>
  </div>
);
