import { describe, expect, test } from 'vitest';
import { parse } from '../../contract/parse.ts';
import { topologySchema } from '../../contract/topology.ts';
import { planLab } from '../../lab/plan.ts';
import { hostScript, sysctlPath } from './script.ts';

const script = (topology: object) =>
  hostScript(planLab(parse(topologySchema, { title: 'x', ...topology }, 'x'), 'x'), {
    image: '/image',
    busybox: '/image/usr/bin/busybox',
    mount: ['/image/mount'],
    mountPoint: '/run/lab/image',
    firstId: 1879048192,
    joinFiles: ['/sys/fs/cgroup/pids/lab/cgroup.procs'],
    handedOver: [],
    nodeGroups: new Map(),
  });
/** The text without the quotes that each shell within a shell adds. */
const flat = (text: string) => text.replaceAll(/'(\\''|\\'\\''|\\)*/g, "'").replaceAll("'", '');

describe('the script that builds a lab', () => {
  test('binds the image with mapped ids before the lab has any right, and joins the cgroup first of all', () => {
    const lines = script({ nodes: { one: {} } }).split('\n');
    const at = (part: string) => lines.findIndex((line) => line.includes(part));
    expect(at('echo 0 > ')).toBeLessThan(at('unshare -U'));
    expect(at('X-mount.idmap')).toBeGreaterThan(at('uid_map'));
    expect(at('X-mount.idmap')).toBeLessThan(at('-S 0 -G 0'));
  });

  test("opens the file for a node's number before its process can change the root", () => {
    const text = flat(script({ nodes: { one: {} } }));
    expect(text).toContain('4>&- & echo $! >&4 4>/run/lab/one.pid &');
    expect(text).not.toContain('> /run/lab/one.pid');
  });

  test('a link is one cable between two nodes, a bridge has a port for each', () => {
    const face = (network: string) => ({ interfaces: { eth0: { network } } });
    const link = flat(
      script({ networks: { wire: { kind: 'link' } }, nodes: { one: face('wire'), two: face('wire') } }),
    );
    expect(link).toContain('link add name eth0 netns $P0 type veth peer name eth0 netns $P1');
    expect(link).not.toContain('type bridge');
    const bridge = flat(script({ networks: { lan: null }, nodes: { one: face('lan'), two: face('lan') } }));
    expect(bridge).toContain('link add v1.0 type veth peer name eth0 netns $P1');
    expect(bridge).toContain('master lan up');
  });

  test('what an author writes stays one word for every shell on the way', () => {
    const text = script({ nodes: { one: { start: [`echo "it's $HOME; $(id)" > /root/x`] } } });
    // Each level of quoting is undone by a shell; what is left must be what the author wrote. The kernel tests run it.
    expect(text).not.toContain(`\necho "it's`);
  });
});

test('a key of sysctl becomes a path, with names that hold dots', () => {
  expect(sysctlPath('net.ipv4.ip_forward')).toBe('net/ipv4/ip_forward');
  expect(sysctlPath('net.ipv4.conf.eth0/1.rp_filter')).toBe('net/ipv4/conf/eth0.1/rp_filter');
});
