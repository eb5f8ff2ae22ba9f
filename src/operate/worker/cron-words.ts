/** A cron expression in words, for people who read none. What has no short form is named field by field, so that nothing is left out. */

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = [
  '',
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const isNumber = (text: string): boolean => /^\d{1,2}$/.test(text);
const isNumbers = (text: string): boolean => /^\d{1,2}(,\d{1,2})*$/.test(text);
const two = (text: string): string => text.padStart(2, '0');
const joined = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
const ordinal = (text: string): string => {
  const day = Number(text);
  const teens = day > 10 && day < 14;
  return `${day}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`;
};

/** `1-5` → `Monday to Friday`; undefined where it is no plain list of days. */
function weekdayWords(text: string): string | undefined {
  const plain = text.toLowerCase().replaceAll(/[a-z]{3}/g, (name) => String(dayNames.indexOf(name)));
  if (plain === '1-5') return 'Monday to Friday';
  const range = /^([0-7])-([0-7])$/.exec(plain);
  if (range) return `${weekdays[Number(range[1])] ?? ''} to ${weekdays[Number(range[2])] ?? ''}`;
  return /^[0-7](,[0-7])*$/.test(plain)
    ? joined(plain.split(',').map((day) => weekdays[Number(day)] ?? ''))
    : undefined;
}

/** On which days; undefined where it has no short form. */
function dayWords(day: string, month: string, weekday: string): string | undefined {
  const inMonth = month === '*' ? '' : isNumber(month) ? ` of ${months[Number(month)] ?? ''}` : undefined;
  if (inMonth === undefined) return undefined;
  if (day === '*' && weekday === '*') return month === '*' ? 'every day' : `every day${inMonth}`;
  if (weekday === '*' && isNumbers(day))
    return `on the ${joined(day.split(',').map(ordinal))}${month === '*' ? ' of every month' : inMonth}`;
  const names = day === '*' && month === '*' ? weekdayWords(weekday) : undefined;
  return names === undefined ? undefined : `on ${names}`;
}

/** At which times of such a day; undefined where it has no short form. */
function timeWords(minute: string, hour: string): string | undefined {
  const every = (text: string): string | undefined => /^\*\/(\d{1,2})$/.exec(text)?.[1];
  if (hour === '*') {
    const step = minute === '*' ? '1' : every(minute);
    if (step !== undefined) return step === '1' ? 'every minute' : `every ${step} minutes`;
    return isNumbers(minute) ? `every hour, at minute ${joined(minute.split(','))}` : undefined;
  }
  const hours = every(hour);
  if (hours !== undefined && isNumber(minute))
    return `every ${hours} hours${Number(minute) === 0 ? '' : `, at minute ${minute}`}`;
  if (isNumber(minute) && isNumbers(hour))
    return `at ${joined(hour.split(',').map((each) => `${two(each)}:${two(minute)}`))} UTC`;
  return undefined;
}

/** Pure: `0 2 * * 1-5` → `On Monday to Friday at 02:00 UTC`. @param cron five fields. */
export function cronWords(cron: string): string {
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = cron.trim().split(/\s+/);
  const times = timeWords(minute, hour);
  const days = dayWords(day, month, weekday);
  const words =
    times === undefined || days === undefined
      ? `minute ${minute}, hour ${hour}, day ${day}, month ${month}, weekday ${weekday} (UTC)`
      : times.startsWith('every') && days === 'every day'
        ? times
        : times.startsWith('every')
          ? `${times}, ${days}`
          : `${days} ${times}`;
  return words.replace(/^./, (letter) => letter.toUpperCase());
}
