import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { type Issued, testAuthorities } from '../../../../test/support/card-authority.ts';
import { decideCertificate, type CertificateRules } from './certificate-decision.ts';
import { plainFingerprint } from './certificate-facts.ts';
import { examine } from './certificate-path.ts';
import { readCertificate } from './client-certificate.ts';
import { loadTrust } from './load-trust.ts';
import { readRevocationList } from './revocation-list.ts';

const authorities = testAuthorities();
afterAll(() => authorities[Symbol.dispose]());

const hour = 3_600_000;
const fromNow = (hours: number): Date => new Date(Date.now() + hours * hour);

const root = authorities.root('Test Root');
const issuing = root.authority('Test Issuing CA');
const stranger = authorities.root('Test Root');
/** Of another root, under the name of ours: everything that it issues bears the same names. */
const lookAlike = stranger.authority('Test Issuing CA');

const fileOf = (name: string, ...parts: readonly string[]): string =>
  authorities.write(name, parts.join('\n'));
const caFile = fileOf('ca.pem', root.certificate, issuing.certificate);

const jane = issuing.issue({
  upn: '1234567890@MIL',
  email: 'Jane.Doe@agency.example',
  policies: ['2.16.840.1.101.2.1.11.42'],
});
const stolen = issuing.issue({ upn: '1234567890@mil' });
issuing.revoke(stolen);
const lists = [root.list(), issuing.list()];

const usual: CertificateRules = { identity: 'upn', issuers: [], policies: [] };

interface Case {
  readonly rules?: Partial<CertificateRules>;
  readonly at?: Date;
  readonly graceHours?: number;
  readonly ca?: string;
  readonly crl?: readonly string[];
}

async function decide(issued: Issued, it: Case = {}): Promise<string> {
  const { trust } = await loadTrust({ caFile: it.ca ?? caFile, crlPaths: it.crl ?? lists });
  const card = readCertificate(new X509Certificate(issued.certificate).raw, 'the card');
  const at = it.at ?? new Date();
  const facts = examine(card, { trust, at, graceMs: (it.graceHours ?? 0) * hour });
  const decision = decideCertificate(facts, { ...usual, ...it.rules }, at);
  return decision.kind === 'accepted' ? decision.identity.subject : decision.why;
}

const issuerOf = async (issued: Issued, ca: string, crl: readonly string[]): Promise<string> => {
  const { trust } = await loadTrust({ caFile: ca, crlPaths: crl });
  const card = readCertificate(new X509Certificate(issued.certificate).raw, 'the card');
  const decision = decideCertificate(examine(card, { trust, at: new Date(), graceMs: 0 }), usual, new Date());
  return decision.kind === 'accepted' ? decision.identity.issuer : decision.why;
};

describe('whether a certificate signs a person in', () => {
  it('a card of an authority that is trusted, not revoked, signs its person in by the UPN', async () => {
    expect(await decide(jane)).toBe('1234567890@mil');
    expect(await decide(jane, { rules: { identity: 'email' } })).toBe('jane.doe@agency.example');
    expect(await decide(jane, { rules: { identity: 'subject' } })).toBe('C=US, CN=DOE.JANE.1234567890');
  });

  it('a card that has expired, is not valid yet, or was revoked is refused, each with its reason', async () => {
    const upn = '1@mil';
    expect(await decide(issuing.issue({ upn, until: fromNow(-1) }))).toBe('expired');
    expect(await decide(issuing.issue({ upn, from: fromNow(1) }))).toBe('not_yet_valid');
    expect(await decide(jane, { at: fromNow(31 * 24) })).toBe('expired');
    expect(await decide(stolen)).toBe('revoked');
  });

  it('a certificate for servers, for e-mail, for everything and nothing, or of an authority is refused', async () => {
    const upn = '1@mil';
    expect(await decide(issuing.issue({ upn, purposes: ['serverAuth'] }))).toBe('not_for_sign_in');
    expect(await decide(issuing.issue({ upn, purposes: ['emailProtection'] }))).toBe('not_for_sign_in');
    expect(await decide(issuing.issue({ upn, purposes: [] }))).toBe('not_for_sign_in');
    expect(await decide(issuing.issue({ upn, keyUsage: 'keyEncipherment' }))).toBe('not_for_sign_in');
    expect(await decide(issuing.issue({ upn, purposes: ['1.3.6.1.4.1.311.20.2.2'] }))).toBe('1@mil');
    expect(await decide(issuing)).toBe('not_for_sign_in');
  });

  it('a card of an authority of the same name is refused: names are no proof', async () => {
    const double = lookAlike.issue({ upn: '1234567890@mil' });
    expect(await decide(double)).toBe('unknown_authority');
    expect(
      await decide(double, {
        ca: fileOf('half.pem', root.certificate, issuing.certificate, lookAlike.certificate),
      }),
    ).toBe('unknown_authority');
  });

  it('below another root that is trusted too, the same UPN is another person, and the list of issuers tells the two authorities apart', async () => {
    const ca = fileOf('both.pem', ...[root, issuing, stranger, lookAlike].map((each) => each.certificate));
    const crl = [...lists, stranger.list(), lookAlike.list()];
    const double = lookAlike.issue({ upn: '1234567890@mil' });
    expect(await decide(double, { ca, crl })).toBe('1234567890@mil');
    const issuers = [await issuerOf(jane, ca, crl), await issuerOf(double, ca, crl)];
    expect(issuers[0]).toMatch(/^C=US, O=U.S. Government, OU=PKI, CN=Test Root \(key [0-9a-f]{32}\)$/);
    expect(issuers[1]).not.toBe(issuers[0]);
    const allowed = { issuers: [plainFingerprint(issuing.fingerprint)] };
    expect(await decide(jane, { ca, crl, rules: allowed })).toBe('1234567890@mil');
    expect(await decide(double, { ca, crl, rules: allowed })).toBe('authority_not_allowed');
  });

  it('a card without a UPN, with two, or with one that does not show what it is, is nobody', async () => {
    expect(await decide(issuing.issue({}))).toBe('no_identity');
    expect(await decide(issuing.issue({ upn: ['1@mil', '2@mil'] }))).toBe('several_identities');
    expect(await decide(issuing.issue({ upn: '1234567890 @mil' }))).toBe('no_identity');
    expect(await decide(issuing.issue({ upn: 'аdmin@mil' }))).toBe('no_identity');
    expect(await decide(jane, { rules: { policies: ['2.16.840.1.101.2.1.11.42'] } })).toBe('1234567890@mil');
    expect(await decide(jane, { rules: { policies: ['2.16.840.1.101.2.1.11.19'] } })).toBe('policy_missing');
  });

  it('a critical extension that nothing here knows refuses the card', async () => {
    const odd = issuing.issue({
      upn: '1@mil',
      extensions: ['1.3.6.1.4.1.99999.1 = critical, ASN1:UTF8String:x'],
    });
    expect(await decide(odd)).toBe('unsupported');
  });

  it('an authority that has expired, or may have none below it, issues nobody in', async () => {
    const late = root.authority('Late CA', { until: fromNow(-1) });
    const ca = fileOf('late.pem', root.certificate, late.certificate);
    expect(await decide(late.issue({ upn: '1@mil', until: fromNow(-2) }), { ca })).toBe('expired');
    expect(await decide(late.issue({ upn: '1@mil' }), { ca, crl: [...lists, late.list()] })).toBe(
      'authority_invalid',
    );
    const last = root.authority('Last CA', { extensions: [], pathLength: 0 });
    const below = last.authority('Below CA');
    const wide = fileOf('wide.pem', root.certificate, last.certificate, below.certificate);
    expect(await decide(below.issue({ upn: '1@mil' }), { ca: wide })).toBe('authority_invalid');
  });

  it('a certificate that a card signed is refused: a card is no authority', async () => {
    const forged = authorities.signedBy(jane, { upn: 'admin@mil' });
    expect(
      await decide(forged, {
        ca: fileOf('forged.pem', root.certificate, issuing.certificate, jane.certificate),
      }),
    ).not.toBe('admin@mil');
  });
});

describe('lists of revocations', () => {
  it('without the list of each authority nobody comes in', async () => {
    expect(await decide(jane, { crl: [lists[1] ?? ''] })).toBe('revocation_unknown');
    expect(await decide(jane, { crl: [lists[0] ?? ''] })).toBe('revocation_unknown');
  });

  it('a list counts until the next is due, and for the grace that is set; what it names stays revoked', async () => {
    const old = issuing.list({ until: fromNow(-2), from: fromNow(-24), name: 'old.pem' });
    const crl = [lists[0] ?? '', old];
    expect(await decide(jane, { crl })).toBe('revocation_too_old');
    expect(await decide(jane, { crl, graceHours: 1 })).toBe('revocation_too_old');
    expect(await decide(jane, { crl, graceHours: 3 })).toBe('1234567890@mil');
    expect(await decide(stolen, { crl, graceHours: 3 })).toBe('revoked');
    expect(await decide(stolen, { crl })).toBe('revoked');
    const early = issuing.list({ from: fromNow(2), until: fromNow(24), name: 'early.pem' });
    expect(await decide(jane, { crl: [lists[0] ?? '', early] })).toBe('revocation_too_old');
  });

  it('of two lists of one authority the newer counts, whichever file comes first', async () => {
    const old = issuing.list({ until: fromNow(-2), from: fromNow(-48), name: 'older.pem' });
    expect(await decide(jane, { crl: [...lists, old] })).toBe('1234567890@mil');
    expect(await decide(jane, { crl: [old, ...lists] })).toBe('1234567890@mil');
  });

  it('an authority that was revoked takes its cards along', async () => {
    const lost = root.authority('Lost CA');
    root.revoke(lost);
    const ca = fileOf('lost.pem', root.certificate, lost.certificate);
    const crl = [root.list({ name: 'lost-root.pem' }), lost.list()];
    expect(await decide(lost.issue({ upn: '1@mil' }), { ca, crl })).toBe('revoked');
  });

  it('a list that bears the name of an authority and is signed by another is not used, and is named', async () => {
    const forged = lookAlike.list({ name: 'forged.pem' });
    const loaded = await loadTrust({ caFile, crlPaths: [lists[0] ?? '', forged] });
    expect(loaded.faults.map(({ says }) => says)).toEqual([
      expect.stringContaining('forged.pem is signed by no authority of'),
    ]);
    expect(await decide(jane, { crl: [lists[0] ?? '', forged] })).toBe('revocation_unknown');
  });

  it('a list in DER, and all of a directory, are read; what is neither is named', async () => {
    const directory = authorities.place();
    for (const [at, file] of lists.entries()) authorities.write(`${directory}/${at}.crl`, derOf(file));
    expect(await decide(stolen, { crl: [directory] })).toBe('revoked');
    authorities.write(`${directory}/notes.txt`, 'hello');
    const loaded = await loadTrust({ caFile, crlPaths: [directory] });
    expect(loaded.faults.map(({ says }) => says)).toEqual([expect.stringContaining('notes.txt')]);
  });

  it('bytes that are no list are refused, and end', () => {
    const whole = derOf(lists[1] ?? '');
    for (let end = 0; end < whole.length; end += 1)
      expect(() => readRevocationList(whole.subarray(0, end), 'x')).toThrow(
        'no list of revoked certificates',
      );
    expect(() => readRevocationList(Buffer.from('3084ffffffff', 'hex'), 'x')).toThrow('x is no list');
    expect(() => readRevocationList(Buffer.concat([whole, Buffer.from([5, 0])]), 'x')).toThrow(
      'x is no list',
    );
  });
});

const derOf = (file: string): Buffer =>
  Buffer.from(readFileSync(file, 'utf8').replaceAll(/-----.*-----|\s/g, ''), 'base64');
