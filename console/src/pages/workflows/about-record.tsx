import type { WorkflowRun } from '../../api/workflows.ts';
import { RecordLink } from '../../kit/record-link.tsx';
import { linkKinds } from './words.ts';

/** What a run is about: a link where the record has a page. */
export const AboutRecord = ({
  of: { recordKind, recordId },
  inRow = false,
}: {
  readonly of: Pick<WorkflowRun, 'recordKind' | 'recordId'>;
  /** In a row of a list, where a long id is cut. */
  readonly inRow?: boolean;
}) => {
  const kind = linkKinds[recordKind];
  const shown = inRow && recordId.length > 30 ? recordId.slice(0, 8) : recordId;
  return (
    <span>
      <span className="quiet">{recordKind} </span>
      {kind === undefined ? (
        shown
      ) : (
        <RecordLink kind={kind} id={recordId} inRow={inRow}>
          {shown}
        </RecordLink>
      )}
    </span>
  );
};
