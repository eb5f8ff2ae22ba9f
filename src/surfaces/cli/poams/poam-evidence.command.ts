import type { NounSpec } from '../kit/command.ts';
import { decisionOptions } from '../kit/flags.ts';

/** `poams evidence …` */
export const poamEvidence: NounSpec = {
  name: 'evidence',
  description: 'files of evidence of a POA&M, which go to the GRC system; `poams show` lists them',
  commands: [
    {
      name: 'get',
      arguments: '<poam> <file> <to>',
      description: 'write one to a file; it is named by its name or the beginning of its SHA-256',
      action: async () => (await import('./poam-evidence.actions.ts')).getEvidence,
    },
    {
      name: 'delivered',
      arguments: '<poam> <file>',
      description: 'one that is not sent was taken to the GRC system by hand: it waits no longer',
      options: decisionOptions,
      action: async () => (await import('./poam-evidence.actions.ts')).deliverEvidence,
    },
    {
      name: 'resend',
      arguments: '<poam> <file>',
      description: 'send one again that is gone or changed in the GRC system, with the next sync',
      options: decisionOptions,
      action: async () => (await import('./poam-evidence.actions.ts')).resendEvidence,
    },
    {
      name: 'accept',
      arguments: '<poam> <file>',
      description: 'accept that one is gone or changed in the GRC system; nothing is sent',
      options: decisionOptions,
      action: async () => (await import('./poam-evidence.actions.ts')).acceptEvidence,
    },
  ],
};
