import pc from 'picocolors';
import type { Terminal } from './command-context.ts';

/**
 * Colours for lines written to one stream: only where that stream is a terminal, unless NO_COLOR or FORCE_COLOR says
 * otherwise. Not what picocolors finds by itself: it looks at standard output alone, and colours every log of a CI.
 */
export function coloursFor(
  stream: { readonly isTTY?: boolean },
  env: Terminal['env'],
): ReturnType<typeof pc.createColors> {
  const forced = Boolean(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  return pc.createColors(!env['NO_COLOR'] && (forced || (stream.isTTY === true && env['TERM'] !== 'dumb')));
}
