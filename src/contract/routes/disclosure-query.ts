/** What a request that hands out a file says where the file leaves the agency: then all of the first three are needed. */
import { z } from 'zod';

const said = (description: string, most: number) => z.string().max(most).optional().meta({ description });

export const disclosureQuery = {
  disclosure_recipient: said('Where it leaves the agency: the person or agency that gets it.', 500),
  disclosure_purpose: said('What the recipient needs it for.', 1000),
  disclosure_authority: said('The law, agreement or consent that allows it, as 5 U.S.C. 552a(b)(7).', 500),
  disclosure_address: said('Where it is sent to.', 500),
};
