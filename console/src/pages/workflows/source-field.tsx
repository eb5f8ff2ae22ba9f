/** The text of a workflow. */
import type { WorkflowAids } from '../../api/workflows.ts';
import { CompletedText } from './completed-text.tsx';
import { completionAt } from './completion.ts';

export const SourceField = ({
  value,
  onChange,
  aids,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Undefined: not there yet; it can be written without. */
  readonly aids: WorkflowAids | undefined;
}) => (
  <CompletedText
    label="The workflow, as YAML"
    description="While you type, what fits is offered: Enter takes it, Escape closes it, Ctrl+Space asks for it."
    value={value}
    onChange={onChange}
    find={(text, caret, isAsked) => aids && completionAt(text, caret, aids, isAsked)}
    // Long lines are not wrapped, which a field that measures itself would count.
    rows={Math.max(24, value.split('\n').length + 1)}
  />
);
