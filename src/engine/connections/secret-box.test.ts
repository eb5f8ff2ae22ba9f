import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TielineError } from '../../platform/errors/tieline-error.ts';
import { Secret } from '../../platform/values/secret.ts';
import { createSecretBox, isSealed, masterKeyFrom } from './secret-box.ts';

const newKey = () => masterKeyFrom(new Secret(randomBytes(32).toString('base64')));

describe('secrets at rest', () => {
  const box = createSecretBox([newKey()]);

  it('secrets at rest open to what was sealed, whatever the text', () => {
    for (const text of ['', 'hunter2', '🔑 with spaces\n', 'x'.repeat(10_000)])
      expect(box.open(box.seal(new Secret(text), 'a/b'), 'a/b').reveal()).toBe(text);
  });

  it('secrets at rest never look alike, and never show the text', () => {
    const [one, two] = [box.seal(new Secret('hunter2'), 'a/b'), box.seal(new Secret('hunter2'), 'a/b')];
    expect(one).not.toEqual(two);
    expect(JSON.stringify(one)).not.toContain('hunter2');
  });

  it('secrets at rest do not open under another name or another key, or when altered', () => {
    const sealed = box.seal(new Secret('hunter2'), 'tenable/secret_key');
    const altered = isSealed(sealed) ? { $secret: `${sealed.$secret.slice(0, -6)}AAAAA=` } : sealed;
    for (const [value, purpose, opener] of [
      [sealed, 'tenable/access_key', box],
      [sealed, 'tenable/secret_key', createSecretBox([newKey()])],
      [altered, 'tenable/secret_key', box],
      ['hunter2', 'tenable/secret_key', box],
    ] as const)
      expect(() => opener.open(value, purpose)).toThrow(TielineError);
  });

  it('secrets at rest still open with the old key while the new one is being introduced', () => {
    const [old, next] = [newKey(), newKey()];
    const sealed = createSecretBox([old]).seal(new Secret('hunter2'), 'a/b');
    expect(createSecretBox([next, old]).open(sealed, 'a/b').reveal()).toBe('hunter2');
  });

  it('secrets at rest refuse a key that is not 32 bytes', () => {
    expect(() => masterKeyFrom(new Secret('c2hvcnQ='))).toThrow('5 bytes long, not 32');
  });
});
