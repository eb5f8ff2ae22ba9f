/** Inputs as transfers, disks and attackers leave them, the same ones for the same seed. */

/** mulberry32: numbers from 0 to 1. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Breaking {
  /** What opens a level of nesting. */
  readonly opening: string;
  /** What an attacker puts in. */
  readonly attack: string;
  /** Values of a wrong type in the place of right ones. */
  readonly retype: (text: string) => string;
}

/** One to four of: bytes flipped, cut off, cut out, nested, a huge value, bytes that are not text, wrong types, an attack. */
export function breakBytes(whole: string, { opening, attack, retype }: Breaking, next: () => number): Buffer {
  const pick = (n: number): number => Math.floor(next() * n);
  let bytes: Buffer = Buffer.from(whole);
  for (let times = 1 + pick(4); times > 0 && bytes.length > 0; times -= 1) {
    const at = pick(bytes.length);
    const put = (what: string | Buffer): Buffer =>
      Buffer.concat([bytes.subarray(0, at), Buffer.from(what as string), bytes.subarray(at)]);
    switch (pick(8)) {
      case 0:
        bytes[at] = pick(256);
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(pick(bytes.length + 1))]);
        break;
      case 3:
        bytes = put(opening.repeat(pick(60)));
        break;
      case 4:
        bytes = put(`"${'y'.repeat(pick(5000))}`);
        break;
      case 5:
        bytes = put(Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]));
        break;
      case 6:
        bytes = Buffer.from(retype(bytes.toString('latin1')), 'latin1');
        break;
      default:
        bytes = put(attack);
    }
  }
  return bytes;
}

export const breakingXml: Breaking = {
  opening: '<a>',
  attack: '<!DOCTYPE x [<!ENTITY e "&e;">]>&e;',
  retype: (text) => text.replace(/port="\d+"/, 'port="many"').replace('severity="2"', 'severity="-1"'),
};
export const breakingJson: Breaking = {
  opening: '[{"a":',
  attack: '},{"__proto__":{"plugin":1},"plugin":{}},{',
  retype: (text) =>
    text
      .replace(/"port":\d+/, '"port":{"port":[]}')
      .replace('"high"', '7e999')
      .replace(/"indexed":\d+/, '"indexed":7e99'),
};
