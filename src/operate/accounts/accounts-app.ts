/** What all use cases of accounts are given, and the secrets that they hand out. */
import { createHash, randomBytes } from 'node:crypto';
import type { App } from '../../engine/run/index.ts';
import { type AccessSettings, usualAccessSettings } from '../../platform/config/index.ts';

export type AccountsApp = Pick<App, 'db' | 'store' | 'now' | 'access'>;

export const rulesOf = (app: AccountsApp): AccessSettings => app.access ?? usualAccessSettings;

export const minutesBefore = (at: Date, minutes: number): Date => new Date(at.getTime() - minutes * 60_000);
export const minutesAfter = (at: Date, minutes: number): Date => minutesBefore(at, -minutes);

/** 256 random bits, as they fit a cookie and a URL. */
export const newOpaqueSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret of 256 random bits: such a one needs no slow hash. */
export const sha256Of = (text: string): Buffer => createHash('sha256').update(text).digest();
