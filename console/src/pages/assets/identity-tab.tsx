/** Who is who: what the machine is known by, who else is, which component it may be, and each decision about that. */
import { useQuery } from '@tanstack/react-query';
import {
  type AssetComponent,
  assetComponentsQuery,
  type AssetIdentity,
  assetIdentityQuery,
  type Evidence,
} from '../../api/assets.ts';
import { deciderWords } from '../../kit/decider.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { nameWords } from '../../kit/marks/values.tsx';
import { When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './asset.module.css';
import { SayOtherwise } from './identity-dialogs.tsx';
import { identifierWords } from './words.ts';

const Identifiers = ({ of }: { readonly of: AssetIdentity['identifiers'] }) =>
  of.length === 0 ? (
    <p className="quiet">It has no identifier that is compared.</p>
  ) : (
    <table className={detail['table']} style={{ maxWidth: 1100 }}>
      <thead>
        <tr>
          <th scope="col">Identifier</th>
          <th scope="col">Value</th>
          <th scope="col">Last seen</th>
          <th scope="col">Also borne by</th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={`${each.kind} ${each.value}`}>
            <td>{identifierWords(each.kind)}</td>
            <td className="mono">{each.value}</td>
            <td>
              <When at={each.lastSeen} />
            </td>
            <td>
              {each.sharedBy.length === 0 ? (
                <span className="quiet">nobody else</span>
              ) : (
                each.sharedBy.map((other) => (
                  <div key={other.assetUuid}>
                    <RecordLink kind="asset" id={other.assetUuid}>
                      {other.name ?? other.assetUuid}
                    </RecordLink>
                  </div>
                ))
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );

const isEvidence = (value: unknown): value is readonly Evidence[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null && 'kind' in each);

/** What speaks for it, the strongest first, with what each counts for. */
const EvidenceList = ({ of }: { readonly of: unknown }) =>
  isEvidence(of) && of.length > 0 ? (
    <ul className={styles['evidence']}>
      {of.map((each) => (
        <li key={`${each.kind} ${each.value}`}>
          {identifierWords(each.kind)} <span className="mono">{each.value}</span>{' '}
          <span className="quiet">
            {each.weight}
            {each.note === undefined ? '' : `, ${each.note}`}
          </span>
        </li>
      ))}
    </ul>
  ) : (
    <span className="quiet">no evidence is kept</span>
  );

const decisionWords: Readonly<Record<string, string>> = {
  linked: 'is this component',
  candidate: 'may be',
  rejected: 'is not',
};

const Components = ({ of }: { readonly of: readonly AssetComponent[] }) =>
  of.length === 0 ? (
    <p className="quiet">No component of the GRC system shares an identifier with it.</p>
  ) : (
    <table className={detail['table']} style={{ maxWidth: 1100 }}>
      <thead>
        <tr>
          <th scope="col">Component</th>
          <th scope="col">System</th>
          <th scope="col">Decision</th>
          <th scope="col" className={detail['num']}>
            Score
          </th>
          <th scope="col">What speaks for it</th>
          <th scope="col">Decided by</th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={`${each.source} ${each.componentId}`}>
            <td>
              {each.name} <span className="quiet mono">{each.componentId}</span>
              <div className="quiet">in {each.source}</div>
            </td>
            <td>
              <RecordLink kind="system" id={each.systemId}>
                {each.systemId}
              </RecordLink>
            </td>
            <td>{decisionWords[each.decision] ?? nameWords(each.decision)}</td>
            <td className={detail['num']}>{each.score}</td>
            <td>
              <EvidenceList of={each.evidence} />
            </td>
            <td>
              {deciderWords(each.decidedBy)}
              <div className="quiet">
                <When at={each.decidedAt} />
                {each.reason === null ? '' : `: ${each.reason}`}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );

const Decisions = ({ of }: { readonly of: AssetIdentity['decisions'] }) =>
  of.length === 0 ? (
    <p className="quiet">Every source has named it by an id of its own: nothing had to be decided.</p>
  ) : (
    <table className={detail['table']} style={{ maxWidth: 1100 }}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Record</th>
          <th scope="col">Decision</th>
          <th scope="col">Weighed against</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={each.id}>
            <td>
              <When at={each.decidedAt} />
            </td>
            <td>
              <span className="mono">{each.externalId}</span>
              <div className="quiet">of {each.source}</div>
            </td>
            <td>
              {nameWords(each.decision)}
              {each.reason === null ? null : <div className="quiet">{each.reason}</div>}
            </td>
            <td>
              {each.candidates.map((candidate, index) => (
                <div key={candidate.assetUuid ?? index}>
                  {candidate.assetUuid === undefined ? null : (
                    <RecordLink kind="asset" id={candidate.assetUuid}>
                      <span className="mono">{candidate.assetUuid.slice(0, 8)}</span>
                    </RecordLink>
                  )}{' '}
                  {candidate.score === undefined ? '' : `score ${candidate.score}`}
                  {candidate.evidence === undefined ? null : <EvidenceList of={candidate.evidence} />}
                </div>
              ))}
            </td>
            <td>
              {deciderWords(each.decidedBy)}
              {each.settledBy === null ? null : <div className="quiet">settled by {each.settledBy}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );

const ComponentCandidates = ({ assetUuid }: { readonly assetUuid: string }) => (
  <Section title="Component in the GRC system">
    <Loaded query={useQuery(assetComponentsQuery(assetUuid))}>
      {({ items }) => <Components of={items} />}
    </Loaded>
  </Section>
);

export const IdentityTab = ({ assetUuid }: { readonly assetUuid: string }) => {
  const seesLinks = useMay('link:read');
  const mayIdentify = useMay('asset:identify');
  return (
    <>
      <Loaded query={useQuery(assetIdentityQuery(assetUuid))}>
        {(found) => (
          <>
            <Section title="Known by">
              <Identifiers of={found.identifiers} />
            </Section>
            <Section title="Decisions about who it is">
              <Decisions of={found.decisions} />
            </Section>
            {mayIdentify ? (
              <Section title="Say otherwise">
                <SayOtherwise assetUuid={assetUuid} of={found} />
              </Section>
            ) : null}
          </>
        )}
      </Loaded>
      {seesLinks ? <ComponentCandidates assetUuid={assetUuid} /> : null}
    </>
  );
};
