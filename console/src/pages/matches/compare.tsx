/** The asset beside its candidates, identifier by identifier; what both have is marked with what it counts. */
import type { ReactNode } from 'react';
import type { Candidate, MatchDetail } from '../../api/decisions/matches.ts';
import detail from '../../kit/detail/detail.module.css';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import styles from './matches.module.css';
import { identifierOrder, identifierWords, nameOf } from './words.ts';

type Identifiers = Candidate['identifiers'];

/** Kinds that either side has, the strongest first. */
function kindsOf(of: MatchDetail): readonly string[] {
  const kinds = new Set(
    [of.asset?.identifiers ?? [], ...of.candidates.map((each) => each.identifiers)]
      .flat()
      .map(({ kind }) => kind),
  );
  for (const { evidence } of of.candidates) for (const { kind } of evidence) kinds.add(kind);
  const place = (kind: string): number => (identifierOrder.indexOf(kind) + 100) % 100;
  return [...kinds].toSorted((one, other) => place(one) - place(other));
}

const Values = ({
  of,
  kind,
  against,
}: {
  readonly of: Identifiers;
  readonly kind: string;
  readonly against?: Candidate;
}) => {
  const values = of.filter((each) => each.kind === kind).map(({ value }) => value);
  const counted = against?.evidence.filter((each) => each.kind === kind) ?? [];
  // One value of a rule may fit several names of the asset.
  const shown = values.length > 0 ? values : [...new Set(counted.map(({ value }) => value))];
  if (shown.length === 0 && counted.length === 0) return <Nothing />;
  return (
    <>
      {shown.slice(0, 4).map((value) => {
        const hits = counted.filter((each) => each.value === value);
        const [hit] = hits;
        return (
          <div key={value}>
            <span className={hit && hit.weight > 0 ? `mono ${styles['same'] ?? ''}` : 'mono'}>{value}</span>
            {hits.map((each) => (
              <Weight key={`${each.weight} ${each.note ?? ''}`} of={each} />
            ))}
          </div>
        );
      })}
      {shown.length > 4 ? <div className="quiet">and {shown.length - 4} more</div> : null}
      {counted
        .filter(({ value }) => !shown.includes(value))
        .map((each) => (
          <div key={`${each.value} ${each.weight}`} className="quiet">
            {each.value} <Weight of={each} />
          </div>
        ))}
    </>
  );
};

const Weight = ({ of }: { readonly of: Candidate['evidence'][number] }) => (
  <span className={styles['weight']} title={of.note}>
    {of.weight > 0 ? '+' : ''}
    {of.weight === 0 ? '' : of.weight}
    {of.note === undefined ? '' : ` (${of.note})`}
  </span>
);

const CandidateHead = ({ of, match }: { readonly of: Candidate; readonly match: MatchDetail }) => (
  <>
    {match.kind === 'component' || match.kind === 'boundary' ? (
      nameOf(of)
    ) : (
      <RecordLink kind="asset" id={of.choice}>
        {nameOf(of)}
      </RecordLink>
    )}
    {match.kind === 'component' && of.name !== null ? <div className="quiet mono">{of.choice}</div> : null}
    {of.isProposed ? null : (
      <div className="quiet">{of.decision === 'linked' ? 'the present match' : 'ruled out'}</div>
    )}
  </>
);

const SystemOf = ({ id }: { readonly id: string | null }) =>
  id === null ? (
    <Nothing word="no system" />
  ) : (
    <RecordLink kind="system" id={id}>
      {id}
    </RecordLink>
  );

/** One row: what the asset has, and what each candidate has. */
const Line = ({
  title,
  of,
  candidates,
  asset,
  candidate,
}: {
  readonly title: string;
  readonly of: MatchDetail;
  readonly candidates: readonly Candidate[];
  readonly asset: (of: NonNullable<MatchDetail['asset']>) => ReactNode;
  readonly candidate: (of: Candidate) => ReactNode;
}) => (
  <tr>
    <th scope="row">{title}</th>
    {of.asset === null ? null : <td>{asset(of.asset)}</td>}
    {candidates.map((each) => (
      <td key={each.choice}>{candidate(each)}</td>
    ))}
  </tr>
);

const Head = ({
  of,
  candidates,
}: {
  readonly of: MatchDetail;
  readonly candidates: readonly Candidate[];
}) => (
  <thead>
    <tr>
      <th scope="col">Known by</th>
      {of.asset === null ? null : (
        <th scope="col">
          {of.assetUuid === null ? (
            (of.assetName ?? 'The asset')
          ) : (
            <RecordLink kind="asset" id={of.assetUuid}>
              {of.assetName ?? of.assetUuid.slice(0, 8)}
            </RecordLink>
          )}
          <div className="quiet">this asset</div>
        </th>
      )}
      {candidates.map((each) => (
        <th key={each.choice} scope="col">
          <CandidateHead of={each} match={of} />
        </th>
      ))}
    </tr>
  </thead>
);

/** What is known of both sides beyond names; a boundary, which only rules put forward, has none of it. */
const Weighed = (both: { readonly of: MatchDetail; readonly candidates: readonly Candidate[] }) => (
  <>
    <Line
      {...both}
      title="Has it now"
      asset={({ lastSeen, sources, operatingSystem }) => (
        <span className="quiet">
          seen <When at={lastSeen} /> by {sources.join(', ') || 'nobody'}
          {operatingSystem === null ? '' : `; ${operatingSystem}`}
        </span>
      )}
      candidate={({ heldBy }) => (heldBy.length === 0 ? <Nothing word="nobody" /> : heldBy.join(', '))}
    />
    <Line
      {...both}
      title="Score"
      asset={() => <span className="quiet">50, and 30 ahead of the next, are matched by rule</span>}
      candidate={({ score, reason }) => (
        <>
          <span className="strong">{score ?? '–'}</span> <span className="quiet">{reason}</span>
        </>
      )}
    />
  </>
);

export const Compare = ({ of }: { readonly of: MatchDetail }) => {
  const candidates = of.candidates.toSorted(
    (one, other) => Number(other.isProposed) - Number(one.isProposed),
  );
  const both = { of, candidates };
  return (
    <div
      className={`${detail['scrollX'] ?? ''} ${styles['scroll'] ?? ''}`}
      tabIndex={0}
      role="region"
      aria-label="Both sides, to scroll"
    >
      <table className={`${detail['table'] ?? ''} ${styles['compare'] ?? ''}`}>
        <Head {...both} />
        <tbody>
          {kindsOf(of).map((kind) => (
            <Line
              key={kind}
              {...both}
              title={identifierWords(kind)}
              asset={({ identifiers }) => <Values of={identifiers} kind={kind} />}
              candidate={(each) => <Values of={each.identifiers} kind={kind} against={each} />}
            />
          ))}
          <Line
            {...both}
            title="System"
            asset={({ systemId }) => <SystemOf id={systemId} />}
            candidate={({ systemId }) => <SystemOf id={systemId} />}
          />
          {of.kind === 'boundary' ? null : <Weighed {...both} />}
        </tbody>
      </table>
    </div>
  );
};
