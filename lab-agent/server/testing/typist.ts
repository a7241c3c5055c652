import { INPUT_FRAME, type ServerMessage, serverMessage } from '../../contract/terminal.ts';
import type { TestAgent } from './test-agent.ts';

/** For tests: someone at a terminal of a lab, who types a command and reads until the prompt is back. */
export type Typist = Disposable & {
  /** @returns what the terminal showed, without escape sequences and the typed line itself */
  type(command: string, timeoutMs?: number): Promise<string>;
};

/** @param patienceMs how long a prompt may take where it is not said: more on an emulated machine */
export async function sitDown(
  agent: Pick<TestAgent, 'call' | 'socket'>,
  lab: string,
  node: string,
  patienceMs = 20_000,
): Promise<Typist> {
  const { body } = await agent.call('POST', `/v1/labs/${lab}/terminals`, {
    node,
    name: 'typist',
    size: { cols: 160, rows: 40 },
  });
  const socket = agent.socket(`/v1/labs/${lab}/terminals/${body.id}/attach?role=owner&cols=160&rows=40`);
  let seen = '';
  let prompts = 0;
  /** Where in the stream the last prompt begins: it may be told before the bytes up to there have come. */
  let promptAt = 0;
  let wake = () => {};
  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary) {
      seen += data.subarray(1).toString('utf8');
      // Acknowledging everything at once is what a fast screen does.
      received += data.length - 1;
      socket.send(JSON.stringify({ type: 'ack', offset: received }));
      wake();
    } else {
      const message = serverMessage.parse(JSON.parse(data.toString()));
      if (message.type === 'attached') received = message.from;
      if (isPrompt(message)) prompts += 1;
      if (message.type === 'prompt') promptAt = message.offset;
      wake();
    }
  });
  let received = 0;
  const until = (count: number, timeoutMs: number) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no prompt within ${timeoutMs} ms; seen: ${seen.slice(-500)}`)),
        timeoutMs,
      );
      wake = () => {
        if (prompts < count || received < promptAt) return;
        clearTimeout(timer);
        resolve();
      };
      wake();
    });
  await until(1, patienceMs);
  return {
    async type(command, timeoutMs = patienceMs) {
      const before = prompts;
      seen = '';
      socket.send(Buffer.concat([Buffer.from([INPUT_FRAME]), Buffer.from(`${command}\r`)]));
      await until(before + 1, timeoutMs);
      return plain(seen);
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

/** A terminal that was opened before it was attached says in `attached` that it stands at a prompt. */
function isPrompt(message: ServerMessage): boolean {
  if (message.type === 'attached') return (message as { state?: string }).state === 'prompt';
  return message.type === 'prompt' && !message.continuation;
}

/**
 * Takes off what colours and moves the cursor (ECMA-48 control sequences and OSC strings), the echoed line, and what comes
 * after the mark of the command's end: the next prompt, or as much of it as came.
 */
function plain(shown: string): string {
  const end = shown.lastIndexOf('\x1b]133;D');
  const text = end < 0 ? shown : shown.slice(0, end);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const bare = text.replace(/\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[=>]/g, '');
  const lines = bare.replaceAll('\r', '').split('\n').slice(1);
  // On a slow machine the line is typed before readline is there: the terminal shows it, and readline shows it again.
  return (/^root@\S+:\S*# /.test(lines[0] ?? '') ? lines.slice(1) : lines).join('\n');
}
