import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a Debian root file system is made of. */
export type BootstrapContent = {
  suite: string;
  mirror: string;
  packages: readonly string[];
  /** Globs of paths that dpkg leaves out. */
  leftOut: readonly string[];
  /** The folder to make; must not exist yet. */
  target: string;
};

export type Bootstrap = BootstrapContent & {
  /** A folder for its temporary files, which a killed one leaves behind. */
  temporary: string;
  /** A folder of .deb files to take instead of downloading them. */
  debs: string;
  onLine: (line: string) => void;
  signal?: AbortSignal;
};

export type BootstrapResult = { ok: true } | { ok: false; why: string };

/**
 * The command line of mmdebstrap. It takes packages from the folder that HOPLAB_DEBS names in its environment, where it has
 * them, and leaves all of them in TARGET/var/cache/apt/archives.
 */
export function mmdebstrapArgv({ suite, mirror, packages, leftOut, target }: BootstrapContent): [string, ...string[]] {
  return [
    'mmdebstrap',
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    // With a cache of our own, apt finds files where mmdebstrap expects none, and must not delete or forget them.
    '--skip=download/empty',
    '--skip=essential/unlink',
    '--skip=cleanup/apt',
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Retries "3"',
    '--aptopt=APT::Install-Recommends "false"',
    '--dpkgopt=force-unsafe-io',
    ...leftOut.map((glob) => `--dpkgopt=path-exclude=${glob}`),
    // $1 is the target. Hooks run in a shell of their own, so the folder's name travels in the environment.
    '--setup-hook=mkdir -p "$1/var/cache/apt/archives"; cp -n "$HOPLAB_DEBS"/*.deb "$1/var/cache/apt/archives/" 2>/dev/null || true',
    `--include=${packages.join(',')}`,
    suite,
    target,
    mirror,
  ];
}

/**
 * Makes a Debian root file system in a folder. Needs root. The downloaded packages stay in TARGET/var/cache/apt/archives.
 * An abort kills it with all that it started; TARGET is then half built.
 */
export function runMmdebstrap(options: Bootstrap): Promise<BootstrapResult> {
  const { temporary, debs, onLine, signal } = options;
  const [program, ...rest] = mmdebstrapArgv(options);
  const argv = [
    // Mounts and processes of its own, which end with it; and it ends with us, even when we are killed. Otherwise a
    // build that is cut off would leave mounts on this machine, and write on into a folder that the next build clears.
    '--pdeathsig=KILL',
    ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    program,
    '--verbose',
    ...rest,
  ];
  return new Promise((resolve) => {
    const child = spawn('setpriv', argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TMPDIR: temporary, HOPLAB_DEBS: debs, ...proxies() },
    });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    const stop = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ ok: false, why: error.code === 'ENOENT' ? 'mmdebstrap is not installed' : error.message });
    });
    child.on('close', (code, killed) => {
      signal?.removeEventListener('abort', stop);
      resolve(code === 0 ? { ok: true } : { ok: false, why: `mmdebstrap ended with ${killed ?? `status ${code}`}` });
    });
  });
}

/** apt asks these for its way out. */
function proxies(): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
