/** Pure: walks DER (X.690) where it lies, without making an object of each value. */

export interface DerValue {
  readonly tag: number;
  /** Where it begins, with its tag; where its content begins; where it ends. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  content(): Buffer;
  children(): Iterable<DerValue>;
}

/** @throws Error where the bytes are no DER. */
export function* derReader(bytes: Buffer, from: number, to: number): Generator<DerValue> {
  let at = from;
  while (at < to) {
    const value = valueAt(bytes, at, to);
    yield value;
    at = value.end;
  }
}

function valueAt(bytes: Buffer, start: number, to: number): DerValue {
  if (start + 2 > to) throw new Error('DER ends within a value');
  const tag = bytes.readUInt8(start);
  const first = bytes.readUInt8(start + 1);
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 4 || start + 2 + lengthBytes > to)
    throw new Error('a length that is none');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(start + 2, lengthBytes);
  const contentStart = start + 2 + lengthBytes;
  const end = contentStart + length;
  if (end > to) throw new Error('a value that is longer than what holds it');
  return {
    tag,
    start,
    contentStart,
    end,
    content: () => bytes.subarray(contentStart, end),
    children: () => derReader(bytes, contentStart, end),
  };
}

/** An object identifier as `1.2.840…`. */
export function oidOf(value: DerValue | undefined): string {
  if (value?.tag !== 0x06) throw new Error('no object identifier');
  const numbers: number[] = [];
  let number = 0;
  for (const byte of value.content()) {
    number = number * 128 + (byte % 128);
    if (byte < 128) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const top = Math.min(Math.floor(first / 40), 2);
  return [top, first - top * 40, ...rest].join('.');
}

/** UTCTime or GeneralizedTime, as certificates write them: in UTC, to the second. */
export function timeOf(value: DerValue): Date {
  const text = value.content().toString('latin1');
  const digits = value.tag === 0x17 ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (!found || (value.tag !== 0x17 && value.tag !== 0x18)) throw new Error('no time');
  const [, year, month, day, hour, minute, second] = found;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
