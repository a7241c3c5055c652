import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../system/exec.ts';
import { imagePath } from '../cache.ts';
import { clusterImagePath } from './cluster-image.ts';
import { exportImages } from './transfer-export.ts';
import { importImages } from './transfer-import.ts';

const IMAGE = process.env.HOPLAB_TEST_IMAGE ?? imagePath().path;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-transfer-test-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function sh(script: string, ...args: string[]): Promise<string> {
  const result = await run(['sh', '-ec', script, 'sh', ...args], { timeoutMs: 60_000 });
  if (result.ended !== 'exit' || result.code !== 0) throw new Error(`${script}: ${result.stderr}`);
  return result.stdout.trim();
}

/** A part of the real node image, and all that builds leave which a careless copy would lose. */
async function makeImages(): Promise<void> {
  const [node, cluster] = [imagePath().path, clusterImagePath().path];
  mkdirSync(node, { recursive: true });
  mkdirSync(join(cluster, 'store'), { recursive: true });
  await sh('cp -a "$1/usr/bin" "$1/etc" "$2/"', IMAGE, node);
  await sh('cp -al "$1/bin" "$2/bin"', node, cluster);
  await sh(
    'cd "$1/store"; mkdir opaque; chown 999:1234 opaque; mknod gone c 0 0; mkfifo pipe; chmod 4755 "$1/bin/busybox"',
    cluster,
  );
  await sh('truncate -s 50M "$1/store/sparse"', cluster);
  const attributes = `
import os, sys
at = sys.argv[1]
os.setxattr(at + "/store/opaque", "trusted.overlay.opaque", b"y")
os.setxattr(at + "/store/opaque", "user.overlay.opaque", b"x")
os.setxattr(at + "/bin/ip", "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
`;
  writeFileSync(join(folder, 'attributes.py'), attributes);
  await sh('python3 "$1" "$2"', join(folder, 'attributes.py'), cluster);
}

/** Every file with kind, mode, owner, links, size, time, device and attributes. */
async function listOf(rootfs: string): Promise<string> {
  const script = `
import os, stat, sys
for at, folders, files in os.walk(sys.argv[1]):
    folders.sort()
    for name in sorted(folders + files):
        path = os.path.join(at, name); s = os.lstat(path)
        link = os.readlink(path) if stat.S_ISLNK(s.st_mode) else ""
        xattrs = {k: os.getxattr(path, k, follow_symlinks=False).hex() for k in sorted(os.listxattr(path, follow_symlinks=False))}
        size = s.st_size if stat.S_ISREG(s.st_mode) else 0
        print(os.path.relpath(path, sys.argv[1]), oct(s.st_mode), s.st_uid, s.st_gid, s.st_rdev, size, int(s.st_mtime), link, xattrs)
`;
  writeFileSync(join(folder, 'list.py'), script);
  return sh(
    'python3 "$1" "$2" > "$1.out"; wc -l < "$1.out"; sha256sum < "$1.out"; grep -c overlay "$1.out" || true',
    join(folder, 'list.py'),
    rootfs,
  );
}

test('an image comes out of the file as it was: owners, capabilities, overlay marks, devices, links, holes', async () => {
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'one'));
  await makeImages();
  const nodeBefore = await listOf(imagePath().path);
  const clusterBefore = await listOf(clusterImagePath().path);
  const file = join(folder, 'images.tar');
  const manifest = await exportImages(file);

  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'two'));
  expect(await importImages(file)).toHaveLength(2);
  const [node, cluster] = [imagePath().path, clusterImagePath().path];
  expect(await listOf(node)).toBe(nodeBefore);
  expect(await listOf(cluster)).toBe(clusterBefore);
  const same = (name: string) => lstatSync(join(node, 'bin', name)).ino === lstatSync(join(cluster, 'bin', name)).ino;
  expect(readdirSync(join(node, 'bin')).filter((name) => !same(name))).toEqual([]);
  expect(lstatSync(join(cluster, 'store/sparse')).blocks).toBe(0);
  const taken = Number((await sh('du -s --block-size=1 "$1"', join(folder, 'two/hoplab/images'))).split('\t')[0]);
  expect(Math.abs(taken - manifest.unpackedBytes)).toBeLessThan(0.02 * taken);
  expect(await sh('chroot "$1" /bin/busybox echo "from the image"', node)).toBe('from the image');
});
