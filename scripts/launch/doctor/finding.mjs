/**
 * One line of the doctor. `warn` is something that works less well, `fail` something without which nothing works.
 * @typedef {{ name: string, state: 'ok' | 'warn' | 'fail', found: string, mend?: string }} Finding
 */

/** @returns {Finding} */
export const ok = (name, found) => ({ name, state: 'ok', found });
/** @returns {Finding} */
export const warn = (name, found, mend) => ({ name, state: 'warn', found, mend });
/** @returns {Finding} */
export const fail = (name, found, mend) => ({ name, state: 'fail', found, mend });
