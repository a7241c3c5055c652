import { chmodSync, statSync } from 'node:fs';

const TUN = '/dev/net/tun';
/** What udev gives it everywhere: making a device needs CAP_NET_ADMIN in a network namespace, not the right to open this file. */
const MODE = 0o666;

/** Lets the roots of labs open the TUN device, for tunl0 without ipip; @returns what went wrong, if anything */
export function openTunToLabs(): string | undefined {
  try {
    if ((statSync(TUN).mode & MODE) !== MODE) chmodSync(TUN, MODE);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : message; // a kernel without TUN: doctor says so
  }
}
