/** Turns whatever was thrown into problem+json: the code, words and remedy of the registry, never a stack or a statement. */
import type { z } from 'zod';
import { type problem, statusOf } from '../../../contract/index.ts';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';

export type Problem = z.output<typeof problem>;

/** What only some refusals say beside the error. */
export interface ProblemFacts {
  readonly permission?: string;
  readonly present?: Problem['present'];
}

/** Refusals that carry more than an error does: the missing permission, the record as it is now. */
export class Refusal extends TielineError {
  readonly facts: ProblemFacts;
  constructor(facts: ProblemFacts, ...error: ConstructorParameters<typeof TielineError>) {
    super(...error);
    this.facts = facts;
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '57014';

/** Fastify's own refusals, by its codes. */
const ownCodes: Readonly<
  Record<string, 'BODY_TOO_LARGE' | 'MEDIA_TYPE_UNKNOWN' | 'REQUEST_INVALID' | 'RATE_LIMITED'>
> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNKNOWN',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'REQUEST_INVALID',
  FST_ERR_CTP_INVALID_JSON_BODY: 'REQUEST_INVALID',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'REQUEST_INVALID',
  FST_ERR_BAD_URL: 'REQUEST_INVALID',
};

/** What a use case that the command line shares says of its usage is said of the request: nobody typed a command. */
function ofRequest(error: TielineError): TielineError {
  if (error.code !== 'USAGE') return error;
  const { message, remedy, fields } = error;
  const isGeneral = remedy === error.entry.remedy;
  return new TielineError('REQUEST_INVALID', message, {
    cause: error,
    fields,
    ...(isGeneral ? {} : { remedy }),
  });
}

/** Any failure as an error of ours. What nobody expected is INTERNAL, and says nothing of its inside. */
export function asTielineError(error: unknown): TielineError {
  if (error instanceof TielineError) return ofRequest(error);
  if (isTimeout(error))
    return new TielineError('QUERY_TOO_WIDE', 'This took longer than five seconds and was stopped.', {
      cause: error,
    });
  const code = error instanceof Error && 'code' in error ? ownCodes[String(error.code)] : undefined;
  if (code !== undefined)
    return new TielineError(code, error instanceof Error ? error.message : code, { cause: error });
  if (error instanceof SyntaxError && 'statusCode' in error)
    return new TielineError('REQUEST_INVALID', 'The body is not JSON, or has a key that is refused.', {
      cause: error,
    });
  return new TielineError('INTERNAL', 'Something went wrong inside of Tieline.', { cause: error });
}

const pointer = ({ field, message }: FieldFault): { pointer: string; detail: string } => ({
  pointer: field,
  detail: message,
});

/** @param requestId as the log has it. */
export function problemOf(error: TielineError, requestId: string): Problem {
  const { code, entry, remedy, fields } = error;
  const facts = error instanceof Refusal ? error.facts : {};
  return {
    type: `/problems/${code}`,
    title: entry.meaning,
    status: statusOf[code],
    detail: error.message,
    code,
    remedy,
    retryable: entry.retryable,
    requestId,
    ...(facts.permission === undefined ? {} : { permission: facts.permission }),
    ...(facts.present === undefined ? {} : { present: facts.present }),
    ...(fields.length === 0 ? {} : { errors: fields.map(pointer) }),
  };
}
