import { describe, expect, it } from 'vitest';
import { Secret } from '../../../platform/values/index.ts';
import { relyingPartyOf, mustHaveFactor } from './factor-rules.ts';
import { codesInSet, hashOfCode, makeCodes } from './recovery-codes.ts';
import { addressForApps, base32, bytesOfBase32, codeOfStep, stepAt, stepOfCode } from './totp.ts';

/** RFC 6238, appendix B: the key of SHA-1, and what it yields at each moment. */
const key = Buffer.from('12345678901234567890');
const vectors: readonly (readonly [seconds: number, code: string])[] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];

describe('codes of an authenticator app', () => {
  it.each(vectors)('RFC 6238: at %i seconds the code is %s', (seconds, code) => {
    const at = new Date(seconds * 1000);
    expect(codeOfStep(key, stepAt(at), 8)).toBe(code);
    expect(stepOfCode(key, code.slice(2), at)).toBe(stepAt(at));
  });

  it('RFC 4226: the first counters yield the codes of its appendix D', () => {
    expect([0, 1, 2, 3, 4].map((counter) => codeOfStep(key, counter))).toEqual([
      '755224',
      '287082',
      '359152',
      '969429',
      '338314',
    ]);
  });

  it('a clock may be one step off in either direction, and no more', () => {
    const at = new Date('2026-11-26T12:00:10Z');
    const off = (steps: number) => stepOfCode(key, codeOfStep(key, stepAt(at) + steps), at);
    expect([-2, -1, 0, 1, 2].map(off)).toEqual([
      undefined,
      stepAt(at) - 1,
      stepAt(at),
      stepAt(at) + 1,
      undefined,
    ]);
  });

  it('blanks in what was typed do not count, and what is no code is none', () => {
    const at = new Date('2026-11-26T12:00:10Z');
    const code = codeOfStep(key, stepAt(at));
    expect(stepOfCode(key, `${code.slice(0, 3)} ${code.slice(3)}`, at)).toBe(stepAt(at));
    for (const wrong of ['', '12345', `${code}0`, 'abcdef', '１２３４５６'])
      expect(stepOfCode(key, wrong, at)).toBeUndefined();
  });

  it('RFC 4648: keys in base32 are those of its examples, and read back', () => {
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(base32(Buffer.from('fooba'))).toBe('MZXW6YTB');
    expect(bytesOfBase32('mzxw 6ytb oi').toString()).toBe('foobar');
  });

  it('an app is given the key with whose it is, whatever signs the name has', () => {
    expect(addressForApps(new Secret('MZXW6'), { account: 'j doe@example', issuer: 'Tieline' })).toBe(
      'otpauth://totp/Tieline:j%20doe%40example?secret=MZXW6&issuer=Tieline&algorithm=SHA1&digits=6&period=30',
    );
  });
});

describe('recovery codes', () => {
  it('a set has ten codes, each another, of 24 signs that cannot be taken for one another', () => {
    const codes = makeCodes();
    expect(new Set(codes).size).toBe(codesInSet);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it('however it is typed, the same code has the same hash', () => {
    const code = '01AB-CDEF-GHJK-MNPQ-RSTV-WXYZ';
    expect(hashOfCode(' olab cdef ghjkmnpq-rstvwxyz')).toEqual(hashOfCode(code));
    expect(hashOfCode('01AB-CDEF-GHJK-MNPQ-RSTV-WXYY')).not.toEqual(hashOfCode(code));
  });
});

describe('who must have a second factor, and where keys can be used', () => {
  it('the setting speaks of passwords only: who comes from outside, and the demo, are not asked', () => {
    const asked = (rule: 'privileged' | 'everyone' | 'off', way: 'local' | 'oidc' | 'cac' | 'demo') =>
      [true, false].map((isPrivileged) => mustHaveFactor(rule, { way, isPrivileged }));
    expect(asked('privileged', 'local')).toEqual([true, false]);
    expect(asked('everyone', 'local')).toEqual([true, true]);
    expect(asked('off', 'local')).toEqual([false, false]);
    for (const way of ['oidc', 'cac', 'demo'] as const)
      expect(asked('everyone', way)).toEqual([false, false]);
  });

  it('the configured address names the server, whatever a request says of itself', () => {
    const consoleUrl = 'https://tieline.example:8443/console';
    expect(relyingPartyOf({ consoleUrl }, 'evil.example')).toEqual({
      id: 'tieline.example',
      origins: ['https://tieline.example:8443'],
    });
    expect(relyingPartyOf({ consoleUrl: 'https://192.0.2.1' }, 'localhost')).toBeUndefined();
    expect(relyingPartyOf({ consoleUrl: undefined }, 'evil.example')).toBeUndefined();
    expect(relyingPartyOf({ consoleUrl: undefined }, 'localhost.evil.example')).toBeUndefined();
    expect(relyingPartyOf({ consoleUrl: undefined }, 'localhost:7480')?.id).toBe('localhost');
  });
});
