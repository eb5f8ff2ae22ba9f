/**
 * Times as scanners and their servers write them. A zone that is written is taken at its word: an offset, an IANA name, or an
 * abbreviation that means one thing. `IST` is Ireland, India or Israel: such a time is taken only where the zone of the source decides,
 * else it is left out and noted, so that somebody sees it. Times that name no zone are in the source's zone, else UTC.
 */

/** Minutes east of UTC, of abbreviations that are used for one zone. */
const offsets: Readonly<Record<string, number>> = Object.fromEntries(
  `Z 0 UTC 0 UT 0 GMT 0 WET 0 WEST 60 CET 60 MEZ 60 CEST 120 MESZ 120 EET 120 EEST 180 MSK 180 TRT 180 SAST 120 WAT 60 CAT 120 EAT 180
   PKT 300 NPT 345 ICT 420 WIB 420 WITA 480 WIT 540 SGT 480 HKT 480 PHT 480 JST 540 KST 540 AWST 480 ACST 570 ACDT 630 AEST 600 AEDT 660
   NZST 720 NZDT 780 CHST 600 HST -600 HDT -540 AKST -540 AKDT -480 PST -480 PDT -420 MST -420 MDT -360 CDT -300 EST -300 EDT -240
   ADT -180 NST -210 NDT -150 BRT -180 BRST -120 ART -180 CLT -240 CLST -180 COT -300 PET -300 UYT -180`
    .trim()
    .split(/\s+/)
    .flatMap((word, place, all) => (place % 2 === 0 ? [[word, Number(all[place + 1])]] : [])),
);
/** Abbreviations of several zones, with the offsets that each may mean. */
const ambiguous: Readonly<Record<string, readonly number[]>> = {
  IST: [330, 120, 60],
  BST: [60, 360, 660],
  CST: [-360, 480, -300],
  AST: [-240, 180],
  GST: [240, -120],
  SST: [-660, 480],
  WST: [780, 480],
  ECT: [-300, -240],
  AMT: [-240, 240],
};
/** What is written where there is no time. */
const none = /^(?:n\/?a|none|null|never|unknown|-1?|0)$/i;
const minute = 60_000;

/** Minutes by which a zone is ahead of UTC at an instant. @throws RangeError where there is no such zone. */
function offsetAt(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return Math.round((local - at) / minute);
}

/** Whether an IANA time zone of that name is known. */
export function isTimeZone(name: string): boolean {
  try {
    offsetAt(name, 0);
    return true;
  } catch {
    return false;
  }
}

/** The instant at which clocks in a zone show a time, given as if it were UTC. Of two the earlier, of none the next. */
function instantIn(zone: string, shown: number): number {
  const guess = shown - offsetAt(zone, shown) * minute;
  return shown - offsetAt(zone, guess) * minute;
}

/** Splits the zone off: `+02:00`, `UTC+2`, `Europe/Paris`, `CEST`; also before the year, as ctime of some systems writes it. */
function splitZone(text: string): { readonly time: string; readonly zone: string | undefined } {
  const offset = /\s*\(?(?:UTC|GMT)?([+-]\d{1,2}(?::?\d{2})?)\)?$/i.exec(text);
  if (offset && /\d:\d{2}/.test(text.slice(0, offset.index)))
    return { time: text.slice(0, offset.index), zone: offset[1] };
  const named = /\s*\(?([A-Za-z]{1,5}|[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+|[A-Z]{3}\d[A-Z]{3})\)?$/.exec(text);
  if (named && /\d/.test(text.slice(0, named.index)) && !/^(?:AM|PM)$/i.test(named[1] ?? ''))
    return { time: text.slice(0, named.index), zone: named[1] };
  const within = /^(.*\d{1,2}:\d{2}:\d{2}) ([A-Z]{2,5}) (\d{4})$/.exec(text);
  if (within) return { time: `${within[1] ?? ''} ${within[3] ?? ''}`, zone: within[2] };
  return { time: text, zone: undefined };
}

/** The time that a text without its zone shows, as if it were UTC; NaN where it is none. */
function shownBy(text: string): number {
  const time = text.trim().replace(/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, '$1-$2-$3');
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?$/.exec(time);
  if (iso) return Date.parse(`${iso[1] ?? ''}T${iso[2] ?? '00:00:00'}Z`);
  const byNumbers = /^(\d{1,2})([./])(\d{1,2})\2(\d{4})(.*)$/.exec(time);
  if (!byNumbers) return Date.parse(`${time} UTC`);
  const [, first = '', sign, second = '', year = '', rest = ''] = byNumbers;
  // With dots the day comes first everywhere; with slashes only a number over 12 decides.
  const dayFirst = sign === '.' || Number(first) > 12;
  if (!dayFirst && Number(second) <= 12 && first !== second) return Number.NaN;
  return Date.parse(dayFirst ? `${second}/${first}/${year}${rest} UTC` : `${time} UTC`);
}

function offsetOf(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0));
}

/** In ISO 8601; undefined for what a clock that was never set says, and what no database can hold. */
function plausible(at: number): string | undefined {
  const year = new Date(at).getUTCFullYear();
  return year >= 1990 && year <= 9999 ? new Date(at).toISOString() : undefined;
}

/** A kind of time that could not be taken, with one of its texts and how often it came. */
export interface UntakenTime {
  readonly zone: string | undefined;
  readonly example: string;
  readonly reason: string;
  times: number;
}

/** Reads the times of one file, and notes those that it cannot take. */
export class ScanTimes {
  readonly #zone: string | undefined;
  readonly #untaken = new Map<string, UntakenTime>();

  /** @param zone IANA name of the zone of the source. */
  constructor(zone?: string) {
    this.#zone = zone;
  }

  get untaken(): readonly UntakenTime[] {
    return [...this.#untaken.values()];
  }

  /** An instant in ISO 8601, or undefined where the text is not one; a time that is there and cannot be read is noted. */
  readonly take = (text: string | undefined): string | undefined => {
    const trimmed = text?.trim() ?? '';
    if (trimmed === '' || none.test(trimmed)) return undefined;
    const at = this.#read(trimmed);
    if (typeof at === 'number') return plausible(at);
    const known = this.#untaken.get(at.key);
    if (known) known.times += 1;
    else this.#untaken.set(at.key, { zone: at.zone, example: trimmed, reason: at.reason, times: 1 });
    return undefined;
  };

  /** As `take`, for a text that may be in any language because the same time is given elsewhere: nothing is noted. */
  readonly look = (text: string | undefined): string | undefined => {
    const at = this.#read(text?.trim() ?? '');
    return typeof at === 'number' ? plausible(at) : undefined;
  };

  #read(text: string): number | { key: string; zone: string | undefined; reason: string } {
    if (/^\d{9,11}$/.test(text)) return Number(text) * 1000;
    if (/^\d{13}$/.test(text)) return Number(text);
    const { time, zone } = splitZone(text);
    const shown = shownBy(time);
    if (Number.isNaN(shown))
      return {
        key: 'unreadable',
        zone: undefined,
        reason: `"${text.slice(0, 60)}" is not a time that means one thing`,
      };
    if (zone === undefined) return this.#zone === undefined ? shown : instantIn(this.#zone, shown);
    if (/^[+-]/.test(zone)) return shown - offsetOf(zone) * minute;
    const word = zone.toUpperCase();
    const fixed = offsets[word];
    if (fixed !== undefined) return shown - fixed * minute;
    const several = ambiguous[word];
    if (several && this.#zone !== undefined) {
      const own = this.#zone;
      // In the zone of the source now, or at its other time of the year.
      const possible = [shown, shown + 182 * 1440 * minute].map((at) => offsetAt(own, at));
      const meant = possible.find((offset) => several.includes(offset));
      if (meant !== undefined) return shown - meant * minute;
    }
    if (several) return { key: word, zone, reason: `the zone ${zone} is used in several parts of the world` };
    if (zone.includes('/') || /\d/.test(zone)) {
      if (isTimeZone(zone)) return instantIn(zone, shown);
    }
    return { key: word, zone, reason: `the zone ${zone} is not known` };
  }
}
