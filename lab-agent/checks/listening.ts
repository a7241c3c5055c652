import { decode, type Layer } from '../capture/decode.ts';
import { PcapReader } from '../capture/pcap.ts';
import type { Place } from '../contract/names.ts';
import type { RunningLab } from '../providers/provider.ts';

/** Headers of every layer that is decoded, tunnels included. */
const SNAP_BYTES = 256;
/** A flood is enough to see after this many packets; the rest would only cost. */
const MAX_PACKETS = 2000;
const MAX_STDERR_CHARS = 4000;

export type Handlers = {
  packet(layers: Layer[]): void;
  /** tcpdump has its filter set: what is sent from now on is seen. */
  ready(): void;
  /** It ended, or what it wrote cannot be read: what it said. */
  end(said: string): void;
};

/** tcpdump of the image on an interface of the lab, until it is disposed. */
export function listen(lab: RunningLab, at: Place & { dev: string; filter: string }, on: Handlers): Disposable {
  const reader = new PcapReader();
  let said = '';
  let packets = 0;
  let ended = false;
  const end = (text: string): void => {
    if (ended) return;
    ended = true;
    on.end(text);
  };
  // -Z root: the lab's own root has nobody to become. `--`: a filter is never an option.
  const argv = [
    'tcpdump',
    '-Z',
    'root',
    '-n',
    '-U',
    '--immediate-mode',
    '-s',
    `${SNAP_BYTES}`,
    '-i',
    at.dev,
    '-w',
    '-',
    '--',
  ];
  const filter = at.filter.trim() === '' ? [] : [at.filter];
  return lab.follow(at, [...argv, ...filter] as [string, ...string[]], {
    data(chunk) {
      for (const frame of reader.push(chunk)) {
        if (ended || ++packets > MAX_PACKETS) return end(`more than ${MAX_PACKETS} packets`);
        on.packet(decode(frame));
      }
      if (reader.problem !== undefined) end(reader.problem);
    },
    error(text) {
      const before = said.includes('listening on');
      said = (said + text).slice(0, MAX_STDERR_CHARS);
      if (!before && said.includes('listening on')) on.ready();
    },
    end: (why) => end(said.trim() || why),
  });
}
