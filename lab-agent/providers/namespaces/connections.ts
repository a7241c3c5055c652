import { linkOf, listProc, readProc } from '../../system/proc.ts';

/** A socket that is on its way, connected or half closed, as the kernel writes it in /proc/PID/net/tcp (proc_net(5)): not LISTEN, not TIME_WAIT. */
const TALKING = new Set(['01', '02', '04', '05', '08', '09', '0B']);

/**
 * The local ports of a process' TCP connections over IPv4 to a port, wherever it is: the process' own sockets among those of
 * its network namespace. @returns none when the process has gone
 */
export function connectionsTo(pid: number, port: number): number[] {
  const own = socketsOf(pid);
  const [, ...lines] = readProc(pid, 'net/tcp')?.trimEnd().split('\n') ?? [];
  return lines.flatMap((line) => {
    const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    return portOf(remote) === port && TALKING.has(state) && own.has(inode) ? [portOf(local)] : [];
  });
}

/** The command that ends such connections, where the kernel can (CONFIG_INET_DIAG_DESTROY): what was not sent yet never is. */
export function endingOf(own: readonly number[], port: number): string[] {
  return ['ss', '-K', '-tn', `dport = :${port} and ( ${own.map((one) => `sport = :${one}`).join(' or ')} )`];
}

const portOf = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);

/** The inodes of a process' sockets. */
function socketsOf(pid: number): Set<string> {
  const links = listProc(pid, 'fd').map((fd) => linkOf(`/proc/${pid}/fd/${fd}`) ?? '');
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}
