import { WebSocket } from 'ws';
import { gatewayMessage, ticketAnswer } from '../app/_lab/wire.ts';
import { Screen } from '../lab-agent/terminal/testing.ts';

/** The first lesson's first terminal through app and agent, as a browser opens it. */
export async function openAppTerminal(appUrl: string): Promise<Screen> {
  const page = await fetch(appUrl, { headers: { accept: 'text/html' } });
  const cookie = page.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  const headers = { cookie: cookie.join('; '), origin: new URL(appUrl).origin };
  const ticket = async (body: object): Promise<string> => {
    const answer = await fetch(new URL('/api/tickets', appUrl), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return ticketAnswer.parse(await answer.json()).ticket;
  };
  const socketUrl = (path: string) => new URL(path, appUrl).href.replace(/^http/, 'ws');
  const lesson = { course: 'kubernetes-networking', lesson: 'namespaces' };
  const gateway = new WebSocket(socketUrl(`/ws/lab?ticket=${await ticket({ for: 'lab', ...lesson })}`), { headers });
  const { lab, terminal } = await new Promise<{ lab: string; terminal: string }>((resolve, reject) => {
    gateway.on('error', reject);
    gateway.on('close', (code) => reject(new Error(`the gateway closed: ${code}`)));
    gateway.on('message', (data) => {
      const message = gatewayMessage.parse(JSON.parse(String(data)));
      if (message.type === 'error') reject(new Error(message.message));
      if (message.type !== 'lab') return;
      const first = message.terminals.find((t) => !t.exited);
      if (first) resolve({ lab: message.lab.id, terminal: first.id });
    });
  });
  const screen = await Screen.connect(
    socketUrl(`/ws/terminal?ticket=${await ticket({ for: 'terminal', lab, terminal })}&cols=80&rows=24`),
    headers,
  );
  screen.socket.on('close', () => gateway.close());
  return screen;
}
