import { INPUT_FRAME, serverMessage } from '../../contract/terminal.ts';
import type { TestAgent } from '../../server/testing/test-agent.ts';

/**
 * For tests: someone at a terminal of a node or a pod, 160 columns wide, who types line by line and reads what each line
 * prints. It goes by what every shell with a line editor says: that it takes pasted text (DEC mode 2004) at each prompt, and
 * no longer when a line has been entered.
 */
export type Terminal = Disposable & {
  /** Types each line once the one before has been taken. @returns what was printed, without prompts and what was typed */
  type(lines: string, timeoutMs?: number): Promise<string>;
};

const PROMPT = '\x1b[?2004h';
const ENTERED = '\x1b[?2004l';
const FIRST_PROMPT_MS = 20_000;
const SIZE = { cols: 160, rows: 40 };
let opened = 0;

/** @param at a node, or pod/NAME, which is reached by `kubectl exec` */
export async function openTerminal(agent: TestAgent, lab: string, at: string): Promise<Terminal> {
  const pod = /^pod\/(.+)$/.exec(at)?.[1];
  const place = pod ? { node: 'any', pod: { name: `default/${pod}`, by: 'exec' } } : { node: at };
  const { status, body } = await agent.call('POST', `/v1/labs/${lab}/terminals`, {
    ...place,
    name: `typist ${++opened}`,
    size: SIZE,
  });
  if (status !== 200) throw new Error(`no terminal at ${at}: ${JSON.stringify(body)}`);
  const socket = agent.socket(`/v1/labs/${lab}/terminals/${body.id}/attach?role=owner&cols=160&rows=40`);
  let seen = '';
  let received = 0;
  let look = () => {};
  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary) {
      seen += data.subarray(1).toString('latin1');
      received += data.length - 1;
      socket.send(JSON.stringify({ type: 'ack', offset: received }));
      look();
      return;
    }
    const message = serverMessage.parse(JSON.parse(data.toString()));
    if (message.type === 'attached') received = message.from;
  });
  /** Waits for a prompt after `mark`, and takes what was seen until then. */
  const until = (mark: string, timeoutMs: number) =>
    new Promise<string>((resolve, reject) => {
      const late = () => reject(new Error(`no prompt at ${at} within ${timeoutMs} ms; seen: ${seen.slice(-2000)}`));
      const timer = setTimeout(late, timeoutMs);
      look = () => {
        const from = seen.indexOf(mark);
        const to = from < 0 ? -1 : seen.indexOf(PROMPT, from + mark.length);
        if (to < 0) return;
        clearTimeout(timer);
        look = () => {};
        const taken = seen.slice(from + mark.length, to);
        seen = seen.slice(to + PROMPT.length);
        resolve(taken);
      };
      look();
    });
  await until('', FIRST_PROMPT_MS);
  return {
    async type(lines, timeoutMs = 60_000) {
      let output = '';
      for (const line of lines.split('\n')) {
        socket.send(Buffer.concat([Buffer.from([INPUT_FRAME]), Buffer.from(`${line}\r`)]));
        output += plain(await until(ENTERED, timeoutMs));
      }
      return output;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

/** Takes off what colours and moves the cursor: ECMA-48 control sequences and OSC strings. */
function plain(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[=>]/g, '').replaceAll('\r', '');
}
