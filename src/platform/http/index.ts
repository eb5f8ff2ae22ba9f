export type { HttpCall, HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
export { recordsOfJsonArray } from './json-array.ts';
export { openJsonMember } from './json-member.ts';
export { loadHttpClient } from './load-http-client.ts';
export { readRefusal, refusalError, saidShort } from './remote-refusal.ts';
export { RepeatedObjects } from './repeated-objects.ts';
export { createSecretMask, type SecretMask, secretsIn } from './secret-mask.ts';
export { requestMayHaveArrived } from './transport-failure.ts';
