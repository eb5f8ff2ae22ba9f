import { z } from 'zod';
import { milestoneStatuses } from '../vocabulary/index.ts';
import { date, text, maybe } from './field-types.ts';

export const milestoneRecord = z.object({
  milestone_id: text.min(1).max(100),
  parent_remote_id: text.min(1).max(255),
  milestone_description: text.min(1),
  scheduled_completion: maybe(date),
  actual_completion: maybe(date),
  status: maybe(z.enum(milestoneStatuses)),
  comments: maybe(text),
});
