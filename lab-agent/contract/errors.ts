/** The stable codes that app and agent exchange. A code never changes its meaning. */
export type ErrorCode =
  | 'invalid-input'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'limit-reached'
  | 'no-room'
  | 'not-ready'
  | 'lab-gone'
  | 'build-failed'
  | 'unsupported'
  | 'timeout'
  | 'unavailable'
  | 'internal';

/** HTTP status of each code, for the one function per side that maps errors. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  'invalid-input': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'limit-reached': 429,
  'no-room': 503,
  'not-ready': 503,
  'lab-gone': 410,
  'build-failed': 500,
  unsupported: 501,
  timeout: 504,
  unavailable: 503,
  internal: 500,
};

/** An error that a person may read: a stable code, a sentence, and what to do about it. */
export class HoplabError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint = '', options?: ErrorOptions) {
    super(message, options);
    this.name = 'HoplabError';
    this.code = code;
    this.hint = hint;
  }

  /** What travels: never the stack, never the cause. */
  toJSON(): ErrorBody {
    return { error: { code: this.code, message: this.message, hint: this.hint } };
  }
}

export type ErrorBody = { error: { code: ErrorCode; message: string; hint: string } };
