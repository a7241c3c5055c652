/** How far a build has come. `fraction` is 0 to 1 and never goes back. */
export type Progress = { fraction: number; stage: string };

/** Shares of the whole, as measured: downloads over a fast line take a tenth, unpacking and setting up the rest. */
const SHARES = { download: 0.3, unpack: 0.4, setup: 0.25 };

/**
 * Reads mmdebstrap's verbose output line by line and says how far it is, by counting packages: each is fetched, unpacked
 * and set up once. apt tells their number twice, for the base system and for the rest, so `expected` is a floor until then.
 */
export function progressReader(expected: number): (line: string) => Progress {
  const seen = { download: 0, unpack: 0, setup: 0 };
  let announced = 0;
  let announcements = 0;
  let reached = 0;
  let stage = 'asking Debian for its list of packages';
  const share = (what: keyof typeof seen, total: number) => SHARES[what] * Math.min(1, seen[what] / total);
  return (line) => {
    const count = /^\d+ upgraded, (\d+) newly installed/.exec(line);
    if (count) {
      announced += Number(count[1]);
      announcements += 1;
    } else if (/^Get:\d+ .* \[[\d.,]+ k?M?B\]$/.test(line) && !/ (InRelease|Packages) \[/.test(line)) {
      seen.download += 1;
      stage = 'downloading';
    } else if (line.startsWith('Unpacking ')) {
      seen.unpack += 1;
      stage = 'unpacking';
    } else if (line.startsWith('Setting up ')) {
      seen.setup += 1;
      stage = 'setting up';
    }
    const total = announcements >= 2 ? announced : Math.max(announced, expected);
    // Packages that lie in the cache are not downloaded: what is being unpacked has arrived.
    seen.download = Math.max(seen.download, seen.unpack);
    const now = share('download', total) + share('unpack', total) + share('setup', total);
    reached = Math.max(reached, Math.min(0.95, now));
    return { fraction: reached, stage };
  };
}
