import { z } from 'zod';
import { instant, text, upTo, maybe, uuid } from './field-types.ts';

export const systemRecord = z.object({
  remote_id: text.min(1).max(255),
  system_id: text.min(1).max(50),
  name: text.min(1).max(255),
  /** Derived from the system's id where the remote's is not a UUID (in the samples it is not). */
  uuid,
  status: maybe(upTo(50)),
  authorization_boundary: maybe(text),
  system_type: maybe(upTo(100)),
  responsible_organization: maybe(upTo(255)),
  system_owner: maybe(upTo(255)),
  information_system_security_officer: maybe(upTo(255)),
  authorizing_official: maybe(upTo(255)),
  last_assessment_date: maybe(instant),
  authorization_date: maybe(instant),
  authorization_termination_date: maybe(instant),
  confidentiality_impact: maybe(upTo(20)),
  integrity_impact: maybe(upTo(20)),
  availability_impact: maybe(upTo(20)),
});
