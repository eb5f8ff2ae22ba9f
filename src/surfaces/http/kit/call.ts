/** What a handler of a route is given, and what it answers with. */
import type { Readable } from 'node:stream';
import type { output, ZodType } from 'zod';
import type { Actor, Scope } from '../../../canonical/access/index.ts';
import type { Printable, Route } from '../../../contract/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { OpenSession } from '../../../operate/accounts/index.ts';
import type { HeaderCertificate } from '../proxy/certificate-header.ts';

/** Who calls, and how that was proved. */
export interface SignedIn {
  readonly actor: Actor;
  readonly way: 'session' | 'token';
  /** Whether the password was given a short while ago; a token counts as such. */
  readonly isSteppedUp: boolean;
  /** Undefined for a token. */
  readonly session?: OpenSession;
  /** Undefined for a session. */
  readonly tokenId?: string;
  /** Fingerprint of the certificate that came with the token, where the token is bound to one. */
  readonly certificate?: string | undefined;
}

type Parsed<Shape> = Shape extends ZodType ? output<Shape> : undefined;

export interface Call<R extends Route = Route> {
  readonly app: App;
  /** Undefined only on routes that anybody may call. */
  readonly by: R['permission'] extends { readonly anybody: string } ? SignedIn | undefined : SignedIn;
  /** Where the caller holds the route's permission; every read and write of the record takes it. */
  readonly scope: Scope;
  readonly params: Parsed<R['params']>;
  readonly query: Parsed<R['query']>;
  readonly body: Parsed<R['body']>;
  /** What If-Match named, of a versioned route. */
  readonly version: R['versioned'] extends true ? string : undefined;
  readonly requestId: string;
  readonly address: string;
  readonly agent: string | undefined;
  readonly now: Date;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
  /** Headers of the request, for what only HTTP knows: Accept, Last-Event-ID, Content-Digest. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it arrives, of a route that reads a file. */
  readonly stream?: Readable;
  /** Sets or clears the cookie of the session: only for the routes of signing in. */
  readonly cookies: KeptCookie & {
    /** Of a sign-in that was begun and has not come back from outside. */
    readonly pending: KeptCookie;
    /** Of a sign-in whose second factor is still to come: it binds the ticket to the browser. */
    readonly secondStep: KeptCookie;
  };
  /** The certificate that a proxy sent along; undefined: the request did not come through one that may. */
  readonly fromProxy: HeaderCertificate | undefined;
  /** Whether a page of ours led here; undefined: the browser is too old to say. */
  readonly isFromHere: boolean | undefined;
}

export interface KeptCookie {
  readonly value: string | undefined;
  set(value: string): void;
  clear(): void;
}

export interface Answer<Body> {
  readonly body: Body;
  /** Its version, sent as a strong ETag. */
  readonly version?: string;
  readonly location?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file, an export or a list too long for one answer. */
export interface StreamAnswer {
  readonly stream: Readable;
  readonly type: string;
  readonly fileName?: string;
  /** Rows that were sent so far, where it is an export of a list. */
  readonly sentRows?: () => number;
  readonly headers?: Readonly<Record<string, string>>;
}

type Body<R extends Route> = R['answer']['shape'] extends ZodType
  ? Printable<output<R['answer']['shape']>>
  : undefined;

export type Handler<R extends Route = Route> = (
  call: Call<R>,
) => Promise<Answer<Body<R>> | (R['answer'] extends { readonly stream: string } ? StreamAnswer : never)>;

/** A handler for each route of a table: none can be forgotten. */
export type Handlers<Routes extends Readonly<Record<string, Route>>> = {
  readonly [Id in keyof Routes]: Handler<Routes[Id]>;
};
