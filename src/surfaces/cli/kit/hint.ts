/**
 * Hints name the command that leads on. Where the person chose a data directory or a config file by a flag, a hint without that
 * flag would speak of another database: `runnable` puts it in, in everything that is printed for people.
 */
import { defined } from '../../../platform/values/index.ts';
import type { GlobalFlags } from './command-context.ts';

/** A name as it is typed in a shell: in quotes where it has a space. Names of connections hold no quotes. */
export const shellWord = (name: string): string => (/^[\w.-]+$/.test(name) ? name : `"${name}"`);

/** A path as it is typed in a shell. */
const shellPath = (path: string): string =>
  /^[\w./~@%+,:-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

export type PlaceFlags = Pick<GlobalFlags, 'dataDir' | 'config'>;

const words = (flags: PlaceFlags): string =>
  [
    ...(flags.dataDir === undefined ? [] : ['--data-dir', shellPath(flags.dataDir)]),
    ...(flags.config === undefined ? [] : ['--config', shellPath(flags.config)]),
  ].join(' ');

/** Of every command of the first level: a test holds them to the catalogue, which loads what uses this. */
const firstWords =
  'acceptances|alerts|approvals|assets|changes|conflicts|connections|controls|dashboards|db|deciders|demo|deviations|due-policies|files|findings|grants|import|imports|inbox|intelligence|jobs|links|mappings|matches|metrics|ops|outbox|performance|plans|plugins|poams|policies|privacy|remediation|reports|risk|rules|scans|schedules|secrets|security|serve|stig|sync|systems|tasks|teams|tokens|users|worker|workflows';
/** A command of ours: the word `tieline`, then a command of the first level. What else says "tieline" (a database) is left. */
const hint = new RegExp(String.raw`(?<![\w/.-])tieline (?=(?:${firstWords})\b)`, 'g');

/** The text with its hints as they can be run in the same shell: `tieline --data-dir d sync run`. */
export function runnable(text: string, flags: PlaceFlags): string {
  const place = words(flags);
  return place === '' ? text : text.replace(hint, () => `tieline ${place} `);
}

/** The flags of the place in a command line that may be wrong otherwise, for errors. */
export function placeIn(args: readonly string[]): PlaceFlags {
  const of = (flag: string): string | undefined => {
    const at = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
    return args[at]?.startsWith(`${flag}=`)
      ? args[at].slice(flag.length + 1)
      : at < 0
        ? undefined
        : args[at + 1];
  };
  const [dataDir, config] = [of('--data-dir'), of('--config')];
  return defined({ dataDir, config });
}
