/** Why the server closes a socket. 4400 to 4499: do not come back; the others: come back later. */
export const CLOSE = {
  restart: 1012,
  slow: 1013,
  malformed: 4400,
  token: 4401,
  forbidden: 4403,
  noSuchDocument: 4404,
  epoch: 4409,
  overloaded: 4503,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

export function isFinal(code: number): boolean {
  return code >= 4400 && code <= 4499;
}
