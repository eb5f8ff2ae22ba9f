import type { SimResponse } from '../kit/route.ts';

/** An error as Tenable words one. */
export function tenableError(statusCode: number, error: string, message: string): SimResponse {
  return { status: statusCode, json: { statusCode, error, message } };
}

/** What stands before Tenable answers too many requests with: HTML of nginx, no JSON (decision 0020). */
export function tooManyRequests(headers: Readonly<Record<string, string>>): SimResponse {
  return {
    status: 429,
    headers: { ...headers, 'content-type': 'text/html' },
    text: '<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
  };
}
