/** What one version of a workflow says: what it changes against the one that runs, the whole of it, and what it would have done. */
import { useQuery } from '@tanstack/react-query';
import { workflowQuery } from '../../api/workflows.ts';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { compared, type ComparedPart } from '../../kit/marks/compared.ts';
import { ReplayPart } from './replay-part.tsx';
import styles from './workflows.module.css';

/** Longer ones are read as a whole. */
const mostLines = 2000;
const linesOf = (source: string): readonly string[] => source.trimEnd().split('\n');
const signs = { kept: ' ', removed: '−', added: '+' } as const;
/** For who hears the page. */
const signWords = { kept: '', removed: 'removed: ', added: 'added: ' } as const;

/** Changed lines with two lines around them; `null` where some are left out. */
function nearChanges(parts: readonly ComparedPart[]): readonly (ComparedPart | null)[] {
  const isNear = parts.map((_part, at) =>
    parts.slice(Math.max(0, at - 2), at + 3).some(({ is }) => is !== 'kept'),
  );
  return parts.flatMap((part, at): readonly (ComparedPart | null)[] =>
    isNear[at] === true ? [part] : at === 0 || isNear[at - 1] === true ? [null] : [],
  );
}

const Line = ({ of }: { readonly of: ComparedPart | null }) => {
  if (of === null) return <div className="quiet">⋮</div>;
  const Mark = of.is === 'added' ? 'ins' : of.is === 'removed' ? 'del' : 'span';
  return (
    <div>
      <span aria-hidden="true">{signs[of.is]} </span>
      <span className="hidden-text">{signWords[of.is]}</span>
      <Mark>{of.text}</Mark>
    </div>
  );
};

const Changed = ({ before, after }: { readonly before: string; readonly after: string }) => {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  if (old.length > mostLines || fresh.length > mostLines)
    return <p className="quiet">It is too long to be compared here.</p>;
  const lines = nearChanges(compared(old, fresh));
  if (lines.every((line) => line === null)) return <p className="quiet">Not a line differs.</p>;
  return (
    <div className={styles['changed']} tabIndex={0} role="group" aria-label="Lines that differ">
      {lines.map((line, at) => (
        <Line key={at} of={line} />
      ))}
    </div>
  );
};

/** @param runs the version that runs; null: none does. */
export const WrittenPart = ({
  name,
  version,
  runs,
}: {
  readonly name: string;
  readonly version: number;
  readonly runs: number | null;
}) => {
  const shown = useQuery(workflowQuery(name, version));
  const running = useQuery({ ...workflowQuery(name, runs ?? version), enabled: runs !== null });
  return (
    <Loaded query={shown}>
      {({ source }) => (
        <>
          {runs === null || runs === version ? null : (
            <Section title={`What version ${version} says otherwise than version ${runs}, which runs`}>
              <Loaded query={running}>
                {({ source: before }) => <Changed before={before} after={source} />}
              </Loaded>
            </Section>
          )}
          <Section title={`As it is written, version ${version}`}>
            <pre className={styles['source']} tabIndex={0} aria-label="The workflow as YAML">
              {source}
            </pre>
          </Section>
          <ReplayPart source={source} />
        </>
      )}
    </Loaded>
  );
};
