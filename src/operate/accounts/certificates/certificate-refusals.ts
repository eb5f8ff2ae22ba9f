/** Why a certificate is refused, in words for its person and for who can change it. Stored and compared by the code. */

interface RefusalWords {
  readonly says: string;
  readonly remedy: string;
}

export const certificateRefusals = {
  no_certificate: {
    says: 'No certificate came with the request.',
    remedy:
      'Insert the card and choose its certificate for sign-in when the browser asks. A browser that was told "cancel" asks again only after it is closed.',
  },
  unreadable: {
    says: 'What was sent is not an X.509 certificate.',
    remedy:
      'Ask the operator: the proxy sends it in another form than the settings say (`tieline serve check-proxy`).',
  },
  twice: {
    says: 'More than one certificate came with the request.',
    remedy: 'Ask the operator: the proxy must set its headers, not append to what a client sent.',
  },
  proxy_not_verified: {
    says: 'The proxy did not say that it verified the certificate.',
    remedy: 'Ask the operator: the proxy must send SUCCESS in the header that cac_proxy_verify_header names.',
  },
  unknown_authority: {
    says: 'No authority that is trusted here issued this certificate.',
    remedy:
      'Choose another certificate of the card, or ask the operator: cac_ca_file must hold every authority from the card up to the root.',
  },
  authority_invalid: {
    says: 'An authority above this certificate has expired, or may not issue it.',
    remedy: 'Ask the operator to renew the authorities in cac_ca_file.',
  },
  authority_not_allowed: {
    says: 'The authority of this certificate is trusted, and is not among those whose cards sign in here.',
    remedy: 'Choose another certificate of the card, or ask the operator: cac_issuers lists them.',
  },
  not_yet_valid: {
    says: 'This certificate is not valid yet.',
    remedy: 'Check the clock of the server; else wait until the certificate is valid.',
  },
  expired: { says: 'This certificate has expired.', remedy: 'Have the card renewed.' },
  not_for_sign_in: {
    says: 'This certificate is not for signing in: it is neither for client authentication nor for smart-card logon.',
    remedy: 'Choose the certificate for authentication, not those for signatures or e-mail.',
  },
  policy_missing: {
    says: 'This certificate was not issued under a policy that is accepted here.',
    remedy: 'Choose another certificate of the card, or ask the operator: cac_policies lists them.',
  },
  unsupported: {
    says: 'This certificate demands something that Tieline does not know, or is signed by an algorithm that is broken.',
    remedy: 'Ask the operator: `tieline serve check-cac --card FILE` names it.',
  },
  revoked: { says: 'This certificate was revoked.', remedy: 'Have a new card issued.' },
  revocation_unknown: {
    says: 'Whether this certificate was revoked cannot be told: the list of its authority is not here.',
    remedy: 'Ask the operator to load the lists (CRL) of every authority below the root: cac_crl.',
  },
  revocation_too_old: {
    says: 'Whether this certificate was revoked cannot be told: the list of its authority is too old.',
    remedy: 'Ask the operator to load the newest lists (CRL) into cac_crl.',
  },
  no_identity: {
    says: 'This certificate does not say whose it is in the way that is asked for here.',
    remedy: 'Choose another certificate of the card, or ask the operator: cac_identity says what is read.',
  },
  several_identities: {
    says: 'This certificate names more than one person.',
    remedy: 'Choose another certificate of the card.',
  },
} as const satisfies Record<string, RefusalWords>;

export type CertificateRefusal = keyof typeof certificateRefusals;
