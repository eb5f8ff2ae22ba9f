/** The controls of a system, with what is open against each. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { type ControlRow, systemControlsQuery } from '../../api/systems.ts';
import { proposalsQuery } from '../../api/work/controls.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { nameWords } from '../../kit/marks/values.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { Due } from '../../kit/marks/when.tsx';
import { useMay } from '../../shell/use-session.ts';
import { controlPath, ProposalTable } from '../controls/proposals.tsx';
import styles from './system.module.css';

const Row = ({ systemId, of }: { readonly systemId: string; readonly of: ControlRow }) => {
  const [seesFindings, seesPoams] = [useMay('finding:read'), useMay('poam:read')];
  const filters = { system: systemId, control: of.controlId };
  return (
    <tr>
      <td>
        <a href={controlPath(systemId, of.controlId)} className="strong">
          {of.controlId}
        </a>
        <div className="quiet">{of.title}</div>
      </td>
      <td>
        {of.implementation}
        {of.proposed === null ? null : <div className="attention">proposed: {of.proposed}</div>}
      </td>
      <td>{of.assessment === null ? <Nothing /> : nameWords(of.assessment)}</td>
      <td>
        {of.nextAssessment === null ? (
          <Nothing word="none planned" />
        ) : (
          <Due by={of.nextAssessment} withDay />
        )}
        {of.frequencyMonths === null ? null : (
          <div className="quiet">
            every {of.frequencyMonths === 1 ? 'month' : `${of.frequencyMonths} months`}
          </div>
        )}
      </td>
      <td>{(of.evidenceRequired ?? []).join(', ') || <Nothing />}</td>
      <td>{of.automationLevel ?? <Nothing />}</td>
      <td className={detail['num']}>
        {seesFindings ? (
          <Link to="/findings" search={{ ...filters, state: 'open,reopened' }}>
            {of.findings}
          </Link>
        ) : (
          of.findings
        )}
      </td>
      <td className={detail['num']}>
        {seesPoams ? (
          <>
            <Link to="/poams" search={{ ...filters, open: 'yes' }}>
              {of.poams.open}
            </Link>
            {' of '}
            <Link to="/poams" search={filters}>
              {of.poams.all}
            </Link>
          </>
        ) : (
          `${of.poams.open} of ${of.poams.all}`
        )}
      </td>
    </tr>
  );
};

const Proposed = ({ systemId }: { readonly systemId: string }) => (
  <Loaded query={useQuery(proposalsQuery(systemId))}>
    {(proposals) =>
      proposals.length === 0 ? null : (
        <Section title="Proposed statuses">
          <p className="quiet">
            From open and closed weaknesses. Nothing is set by itself: what is accepted goes to the GRC system
            with the next sync.
          </p>
          <ProposalTable of={proposals} />
        </Section>
      )
    }
  </Loaded>
);

export const ControlsTab = ({ systemId }: { readonly systemId: string }) => (
  <>
    <Proposed systemId={systemId} />
    <Section title="All controls">
      <Controls systemId={systemId} />
    </Section>
  </>
);

const Controls = ({ systemId }: { readonly systemId: string }) => {
  const [starts, setStarts] = useState<readonly (string | undefined)[]>([undefined]);
  return (
    <Loaded query={useQuery(systemControlsQuery(systemId, starts.at(-1)))}>
      {({ items, next }) =>
        items.length === 0 && starts.length === 1 ? (
          <p className="quiet">No control of this system has been read.</p>
        ) : (
          <>
            <table className={detail['table']}>
              <thead>
                <tr>
                  <th scope="col">Control</th>
                  <th scope="col">Implementation</th>
                  <th scope="col">Assessment</th>
                  <th scope="col">Next assessment</th>
                  <th scope="col">Evidence required</th>
                  <th scope="col">Automation</th>
                  <th scope="col" className={detail['num']}>
                    Open findings
                  </th>
                  <th scope="col" className={detail['num']}>
                    POA&Ms open
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((row) => (
                  <Row key={row.controlId} systemId={systemId} of={row} />
                ))}
              </tbody>
            </table>
            {starts.length > 1 || next !== null ? (
              <div className={styles['pager']}>
                <Button
                  variant="default"
                  disabled={starts.length === 1}
                  onClick={() => setStarts(starts.slice(0, -1))}
                >
                  Before
                </Button>
                <Button
                  variant="default"
                  disabled={next === null}
                  onClick={() => setStarts([...starts, next ?? undefined])}
                >
                  Next
                </Button>
              </div>
            ) : null}
          </>
        )
      }
    </Loaded>
  );
};
