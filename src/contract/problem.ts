/**
 * What a refusal looks like (RFC 9457, application/problem+json), and the HTTP status of each error code. The code is the same that the
 * command line prints and docs/errors.md explains.
 */
import { z } from 'zod';
import type { ErrorCode } from '../platform/errors/index.ts';

export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    remedy: z.string(),
    retryable: z.boolean(),
    requestId: z.string(),
    /** The permission that is missing, with 403. */
    permission: z.string().optional(),
    /** Where in the body, or which parameter: `/milestones/2/date`, `severity`. */
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    /** The record as it is now, with 412: for showing the difference. */
    present: z.json().optional(),
  })
  .meta({ id: 'Problem' });

type Status = 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 423 | 428 | 429 | 500 | 502 | 503;

/** Total, so that a new code says what it is over HTTP. */
export const statusOf: Readonly<Record<ErrorCode, Status>> = {
  USAGE: 400,
  FILTER_INVALID: 400,
  CURSOR_INVALID: 400,
  REQUEST_INVALID: 400,
  ROUTE_UNKNOWN: 404,
  REQUEST_FORGED: 403,
  PRECONDITION_MISSING: 428,
  IDEMPOTENCY_KEY_MISSING: 400,
  IDEMPOTENCY_KEY_REUSED: 422,
  REQUEST_IN_FLIGHT: 409,
  RATE_LIMITED: 429,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNKNOWN: 415,
  QUERY_TOO_WIDE: 503,
  OUTPUT_FAILED: 500,
  SETTING_INVALID: 422,
  SCAN_FILE_INVALID: 422,
  SYSTEM_UNKNOWN: 404,
  SYSTEM_EXISTS: 409,
  CONNECTION_PAUSED: 409,
  OPERATION_UNKNOWN: 404,
  SYNC_RUNNING: 409,
  TOO_MANY_MISSING: 409,
  PLAN_INVALID: 422,
  PLAN_MOVED: 409,
  APPROVAL_UNKNOWN: 404,
  APPROVAL_MOVED: 409,
  SCAN_UNKNOWN: 404,
  SCAN_REFUSED: 422,
  WORKER_NOT_INSTALLED: 503,
  INTERRUPTED: 503,
  DEMO_RUNNING: 409,
  DATABASE_UNREACHABLE: 503,
  DATABASE_BUSY: 503,
  LOCK_LOST: 503,
  DATABASE_UNSUITABLE: 503,
  DATABASE_NOT_MIGRATED: 503,
  DATABASE_HELD: 503,
  MIGRATION_FAILED: 503,
  SECRET_UNREADABLE: 500,
  REMOTE_UNREACHABLE: 502,
  REMOTE_TIMEOUT: 502,
  REMOTE_RATE_LIMITED: 503,
  REMOTE_FAILED: 502,
  REMOTE_UNAUTHORIZED: 502,
  REMOTE_FORBIDDEN: 502,
  REMOTE_UNEXPECTED: 502,
  REMOTE_CIRCUIT_OPEN: 503,
  EXPORT_FAILED: 502,
  PROFILE_INVALID: 422,
  MAPPING_INVALID: 422,
  NOT_SIGNED_IN: 401,
  SIGN_IN_REFUSED: 401,
  SIGN_IN_TOO_OFTEN: 429,
  BANNER_NOT_ACKNOWLEDGED: 422,
  SESSION_ENDED: 401,
  STEP_UP_NEEDED: 403,
  NOT_ALLOWED: 403,
  LAST_ADMINISTRATOR: 409,
  PASSWORD_REFUSED: 422,
  PASSWORD_EXPIRED: 403,
  ACCOUNT_EXISTS: 409,
  ACCOUNT_UNKNOWN: 404,
  GRANT_UNKNOWN: 404,
  TOKEN_UNKNOWN: 404,
  LINK_UNKNOWN: 404,
  RECORD_UNKNOWN: 404,
  RECORD_MOVED: 412,
  EDIT_REFUSED: 422,
  SELECTION_MOVED: 409,
  INTERNAL: 500,
};
