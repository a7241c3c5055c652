import { createRequire } from 'node:module';

type Native = { resize(fd: number, cols: number, rows: number): void };

let native: Native | undefined;

/**
 * TIOCSWINSZ on a pty's master. Node has no ioctl; node-pty's binary has this one and works on any fd. Its JavaScript part
 * is left aside: it only resizes terminals that it made itself, in the host's devpts.
 */
export function setWindowSize(fd: number, cols: number, rows: number): void {
  native ??= load();
  native.resize(fd, cols, rows);
}

function load(): Native {
  const here = createRequire(import.meta.url);
  // The binary is a dependency of @lydell/node-pty, so it is found from there.
  const there = createRequire(here.resolve('@lydell/node-pty'));
  return there(`@lydell/node-pty-${process.platform}-${process.arch}/pty.node`);
}
