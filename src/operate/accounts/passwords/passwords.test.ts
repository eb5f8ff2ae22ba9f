import { describe, expect, it } from 'vitest';
import { Secret } from '../../../platform/values/index.ts';
import { hashPassword, isPassword, isToBeHashedAgain } from './password-hash.ts';
import { findPasswordFault } from './password-rules.ts';

const names = ['tieline', 'jdoe', 'Jane Doe-Miller', 'jane.doe'];

describe('which passwords are refused', () => {
  it.each([
    ['short', 'Plover 9 quartz', undefined],
    ['one too short', 'Plover 9 quart', 'too_short'],
    ['the longest', 'plover quartz umbrella '.repeat(6).slice(0, 128), undefined],
    ['one too long', 'plover quartz umbrella '.repeat(6).slice(0, 129), 'too_long'],
    ['fifteen signs that take two code units each', '🦊🦉🐢🦀🐙🦋🐌🐞🦗🦂🐍🦎🐊🐅🐆', undefined],
    ['doubled', 'passwordpassword', 'common'],
    ['disguised', 'P@ssw0rd-P@ssw0rd-2026', 'common'],
    ['keys in a row', 'qwertyuiopasdfghjkl', 'common'],
    ['keys in zigzag', '1q2w3e4r5t6y7u8i9o', 'common'],
    ['keys up and down', 'zaqxswcdevfrbgt', 'common'],
    ['one piece again and again', 'heron7heron7heron7', 'common'],
    ['with one word twice', 'plover quartz plover', undefined],
    ['digits', '83719203847561029', 'common'],
    ['one after the other', 'abcdefghijklmnop', 'common'],
    ['few signs', 'abababababababababab', 'common'],
    ['famous', 'Correct Horse Battery Staple', 'common'],
    ['with the name', 'my jdoe plover quartz', 'holds_name'],
    ['with a part of the name', 'plover MILLER quartz', 'holds_name'],
    ['with the product', 'T1eline plover quartz', 'holds_name'],
    ['words that do not belong together', 'plover quartz umbrella', undefined],
  ])('%s: %s', (_what, password, fault) => {
    expect(findPasswordFault(password, names)).toBe(fault);
  });
});

describe('hashes of passwords', () => {
  it('argon2id by the parameters of OWASP, as a PHC string; the same password gives another hash', async () => {
    const phc = await hashPassword(new Secret('plover quartz umbrella'), false);
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await hashPassword(new Secret('plover quartz umbrella'), false)).not.toBe(phc);
    expect(await isPassword(new Secret('plover quartz umbrella'), phc)).toBe(true);
    expect(await isPassword(new Secret('plover quartz umbrellas'), phc)).toBe(false);
    expect(await isPassword(new Secret('plover quartz umbrella'), undefined)).toBe(false);
    expect(isToBeHashedAgain(phc, false)).toBe(false);
    expect(isToBeHashedAgain(phc.replace('m=19456', 'm=9216'), false)).toBe(true);
  });

  it('PBKDF2 in FIPS mode; either kind is checked in either mode, and made again in the other', async () => {
    const phc = await hashPassword(new Secret('plover quartz umbrella'), true);
    expect(phc).toMatch(/^\$pbkdf2-sha512\$i=210000\$/);
    expect(await isPassword(new Secret('plover quartz umbrella'), phc)).toBe(true);
    expect([isToBeHashedAgain(phc, true), isToBeHashedAgain(phc, false)]).toEqual([false, true]);
  });

  it('a letter that two keyboards compose differently is the same letter', async () => {
    const phc = await hashPassword(new Secret('pl\u00F6ver quartz umbrella'), false);
    expect(await isPassword(new Secret('plo\u0308ver quartz umbrella'), phc)).toBe(true);
  });
});
