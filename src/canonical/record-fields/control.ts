import { z } from 'zod';
import { implementationStatuses } from '../vocabulary/index.ts';
import { instant, date, text, upTo, words, maybe } from './field-types.ts';

export const controlRecord = z.object({
  remote_id: text.min(1).max(255),
  parent_remote_id: text.min(1).max(255),
  control_id: text.min(1).max(50),
  control_title: maybe(upTo(500)),
  family: maybe(upTo(100)),
  implementation_status: maybe(z.enum(implementationStatuses)),
  assessment_status: maybe(upTo(50)),
  control_origination: maybe(upTo(100)),
  implementation_guidance: maybe(text),
  assessment_procedures: maybe(text),
  responsible_role: maybe(upTo(255)),
  last_assessed: maybe(instant),
  assessment_frequency_months: maybe(z.int().positive()),
  next_assessment_date: maybe(date),
  evidence_required: maybe(words),
  automation_level: maybe(upTo(50)),
});
