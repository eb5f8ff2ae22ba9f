/** Who outside of the agency may be sent a report: by the settings of this machine, and with what the accounting of disclosures asks. Pure. */
import type { FieldFault } from '../../platform/errors/index.ts';
import type { OutsideRecipient } from './templates.sql.ts';

export interface ReportMail {
  /** Domains, `*.domain` for what is below it. */
  readonly domains: readonly string[];
  /** How large a report may be to be attached; 0: none is. */
  readonly attachBytes: number;
}

export const noReportMail: ReportMail = { domains: [], attachBytes: 0 };

/** Whether the setting names the domain of an address. */
export function isAllowedAddress(domains: readonly string[], address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return domains.some((each) => {
    const allowed = each.toLowerCase();
    return allowed.startsWith('*.') ? domain.endsWith(allowed.slice(1)) : domain === allowed;
  });
}

const isAddress = (text: string): boolean => text.length <= 255 && /^[^\s<>@,;"]+@[^\s<>@,;"]+$/.test(text);

const asked = {
  recipient: 'name the person or agency that gets it',
  purpose: 'say what the recipient needs it for',
  authority: 'name the law, agreement or consent that allows it, as 5 U.S.C. 552a(b)(7)',
} as const;
const keys = Object.keys(asked) as (keyof typeof asked)[]; // its own keys

function faultsOf({ domains, attachBytes }: ReportMail, given: OutsideRecipient, at: number): FieldFault[] {
  const field = (name: string): string => `outside.${at}.${name}`;
  const faults: FieldFault[] = keys
    .filter((key) => given[key].trim() === '')
    .map((key) => ({ field: field(key), message: asked[key] }));
  const { address } = given;
  if (!isAddress(address))
    faults.push({ field: field('address'), message: `"${address}" is not a mail address` });
  else if (!isAllowedAddress(domains, address))
    faults.push({
      field: field('address'),
      message: `reports may not be sent to "${address}": TIELINE_REPORT_DOMAINS does not name its domain`,
    });
  else if (attachBytes === 0)
    faults.push({
      field: field('address'),
      message:
        'somebody outside gets the file itself, and TIELINE_REPORT_ATTACH_BYTES attaches none to a mail',
    });
  return faults;
}

/** What keeps a schedule from having these recipients; the same address twice as well. */
export function outsideFaults(mail: ReportMail, outside: readonly OutsideRecipient[]): FieldFault[] {
  const addresses = outside.map(({ address }) => address.toLowerCase());
  return outside.flatMap((each, at) => [
    ...faultsOf(mail, each, at),
    ...(addresses.indexOf(each.address.toLowerCase()) < at
      ? [{ field: `outside.${at}.address`, message: `"${each.address}" is named twice` }]
      : []),
  ]);
}
