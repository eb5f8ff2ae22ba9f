import { describe, expect, it } from 'vitest';
import { remedyOfRefusal, withCheckedTls } from './connection-url.ts';

describe('sslmode in DATABASE_URL', () => {
  it('sslmode in DATABASE_URL checks the certificate wherever TLS is asked for, without a warning of pg', () => {
    for (const mode of ['require', 'verify-ca', 'prefer'])
      expect(withCheckedTls(`postgres://u:p%2F@h/d?sslmode=${mode}`)).toBe(
        'postgres://u:p%2F@h/d?sslmode=verify-full',
      );
  });

  it('sslmode in DATABASE_URL stays as it is where it has another value', () => {
    for (const rest of [
      '',
      '?sslmode=disable',
      '?sslmode=verify-full',
      '?sslmode=require&uselibpqcompat=true',
    ])
      expect(withCheckedTls(`postgres://u:p@h/d${rest}`)).toBe(`postgres://u:p@h/d${rest}`);
  });
});

describe('what to do about a refused connection', () => {
  const refusal = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

  it('the remedy for a refused connection depends on its cause', () => {
    expect(remedyOfRefusal(refusal('28P01'))).toContain('password in DATABASE_URL is wrong');
    expect(remedyOfRefusal(refusal('28000', 'role "nobody" does not exist'))).toContain('create the role');
    expect(remedyOfRefusal(refusal('28000', 'no pg_hba.conf entry for host'))).toContain('pg_hba.conf');
    expect(remedyOfRefusal(refusal('SELF_SIGNED_CERT_IN_CHAIN'))).toContain('sslrootcert');
    expect(remedyOfRefusal(new Error('The server does not support SSL connections'))).toContain('no TLS');
    expect(remedyOfRefusal(refusal('ECONNREFUSED'))).toBeUndefined();
  });
});
