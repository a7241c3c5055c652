import type { PodShell } from '../../lab-agent/contract/terminal.ts';
import { browserTerminalPlatform } from './browser-terminal-platform.ts';
import { TerminalConnection, type TerminalStatus } from './connection.ts';
import { runCommand } from './run-command.ts';
import { handleTerminalKeys } from './terminal-keys.ts';
import { markUsed, type RegisteredTerminal, registerTerminal } from './terminal-registry.ts';
import type { XtermScreen } from './xterm-screen.ts';

export type LiveTerminal = { screen: XtermScreen; connection: TerminalConnection; dispose(): void };

type Hooks = {
  status(status: TerminalStatus): void;
  dropped(): void;
  search(): void;
  show(): void;
  focused(): void;
  /** Whether the element has left the page while xterm.js was being loaded. */
  left(): boolean;
};

/** Joins screen, connection, keys and registry for one session. @throws when xterm.js cannot be loaded */
export async function openTerminal(
  element: HTMLElement,
  { id, lab, node, pod }: { id: string; lab: string; node: string; pod?: PodShell | undefined },
  hooks: Hooks,
): Promise<LiveTerminal | undefined> {
  const { XtermScreen } = await import('./xterm-screen.ts');
  if (hooks.left()) return undefined;
  const screen = new XtermScreen(element);
  const { terminal } = screen;
  const connection = new TerminalConnection({ lab, terminal: id }, screen, {
    platform: browserTerminalPlatform,
    on: { status: hooks.status, dropped: hooks.dropped },
  });
  const registered: RegisteredTerminal = {
    session: id,
    node,
    pod,
    show: hooks.show,
    focus: () => terminal.focus(),
    run: (command, options) =>
      runCommand(
        {
          type: (text) => connection.type(text),
          get shell() {
            return connection.shell;
          },
          get live() {
            return connection.status.status === 'live';
          },
          get bracketedPaste() {
            return terminal.modes.bracketedPasteMode;
          },
        },
        command,
        options,
      ),
  };
  const onFocus = () => {
    markUsed(registered);
    hooks.focused();
  };
  const onOnline = () => connection.retry();
  const ends = [registerTerminal(registered), expose(id, screen)];
  terminal.onData((data) => connection.type(data));
  // Mouse reports of old protocols are bytes, not text.
  terminal.onBinary((data) => connection.type(Uint8Array.from(data, (c) => c.charCodeAt(0))));
  terminal.onResize(() => connection.resize());
  terminal.attachCustomKeyEventHandler((event) => handleTerminalKeys(event, terminal, hooks.search));
  terminal.textarea?.addEventListener('focus', onFocus);
  addEventListener('online', onOnline);
  return {
    screen,
    connection,
    dispose() {
      for (const end of ends) end();
      removeEventListener('online', onOnline);
      connection.dispose();
      screen.dispose();
    },
  };
}

type Readable = { text(): string; size(): { cols: number; rows: number } | undefined; renderer(): 'webgl' | 'dom' };

/** Tests read what is on screen here, since WebGL draws pixels; nothing can be typed through it. */
function expose(id: string, screen: XtermScreen): () => void {
  const page = globalThis as { __hoplabTerminals?: Map<string, Readable> };
  page.__hoplabTerminals ??= new Map();
  page.__hoplabTerminals.set(id, {
    size: () => screen.size(),
    renderer: () => screen.renderer,
    text() {
      const { active } = screen.terminal.buffer;
      let text = '';
      for (let y = 0; y < active.length; y++) {
        const line = active.getLine(y);
        text += line?.isWrapped || y === 0 ? '' : '\n';
        text += line?.translateToString(!active.getLine(y + 1)?.isWrapped) ?? '';
      }
      return text.trimEnd();
    },
  });
  return () => void page.__hoplabTerminals?.delete(id);
}
