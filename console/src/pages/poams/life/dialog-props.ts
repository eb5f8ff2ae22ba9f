import type { PoamDetail } from '../../../api/poams.ts';
import type { PoamExplanation } from '../../../api/work/poam-life.ts';

/** Of a dialog that does something to one POA&M. */
export interface ActionDialogProps {
  readonly of: PoamDetail;
  /** Of the POA&M as it was shown. */
  readonly etag: string;
  readonly explanation: PoamExplanation;
  readonly onClose: () => void;
}
