/** Use cases that the command line shares name its flags; over HTTP a refusal names the place in the request. */
import { TielineError } from '../../../platform/errors/index.ts';

/** @param places by flag: where the same is in the request. @param remedy instead of one that names a command. */
export async function withFieldsOf<T>(
  work: Promise<T>,
  places: Readonly<Record<string, string>>,
  remedy: string,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TielineError) || !error.fields.some(({ field }) => field in places)) throw error;
    throw new TielineError(error.code, error.message, {
      cause: error,
      remedy,
      fields: error.fields.map(({ field, message }) => ({
        field: places[field] ?? field,
        message: Object.entries(places).reduce(
          (text, [flag, place]) => text.replaceAll(flag, place),
          message,
        ),
      })),
    });
  }
}
