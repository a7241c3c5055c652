import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import type { TerminalScreen } from './connection.ts';
import { subscribeToSettings, terminalSettings } from './terminal-settings.ts';
import { followTheme, presentTheme } from './terminal-theme.ts';

const SCROLLBACK_LINES = 5000;

/** xterm.js in an element: drawing, size, theme, search. Loaded only when there is a terminal to show. */
export class XtermScreen implements TerminalScreen {
  readonly terminal: Terminal;
  readonly search = new SearchAddon();
  readonly #fit = new FitAddon();
  readonly #ends: (() => void)[] = [];
  #webgl: WebglAddon | undefined;
  /** Whether the terminal has ever had the size of its element. */
  #measured = false;
  /** Once WebGL has failed here it is not tried again. */
  #webglWorks = true;

  constructor(element: HTMLElement) {
    const { fontSize, screenReader } = terminalSettings();
    this.terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim() || 'monospace',
      fontSize,
      scrollback: SCROLLBACK_LINES,
      screenReaderMode: screenReader,
      minimumContrastRatio: 4.5,
      macOptionIsMeta: true,
      theme: presentTheme(),
      linkHandler: { activate: (_, uri) => openLink(uri) },
    });
    this.terminal.loadAddon(this.#fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new WebLinksAddon((_, uri) => openLink(uri)));
    this.terminal.open(element);
    this.#ends.push(
      followTheme((theme) => {
        this.terminal.options.theme = theme;
      }),
    );
    this.#ends.push(
      subscribeToSettings(() => {
        const settings = terminalSettings();
        this.terminal.options.fontSize = settings.fontSize;
        this.terminal.options.screenReaderMode = settings.screenReader;
        this.fill();
      }),
    );
    const resized = new ResizeObserver(() => this.fill());
    resized.observe(element);
    this.#ends.push(() => resized.disconnect());
    this.fill();
  }

  write(bytes: Uint8Array, done: () => void): void {
    this.terminal.write(bytes, done);
  }

  size(): { cols: number; rows: number } | undefined {
    return this.#measured ? { cols: this.terminal.cols, rows: this.terminal.rows } : undefined;
  }

  resize({ cols, rows }: { cols: number; rows: number }): void {
    this.terminal.resize(cols, rows);
  }

  alternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate';
  }

  get renderer(): 'webgl' | 'dom' {
    return this.#webgl ? 'webgl' : 'dom';
  }

  /** Fills the element; a hidden one has no size and changes nothing. */
  fill(): void {
    const wanted = this.#fit.proposeDimensions();
    if (!wanted || !(wanted.cols >= 2) || !(wanted.rows >= 1)) return;
    this.#measured = true;
    const cols = Math.min(wanted.cols, 1000);
    const rows = Math.min(wanted.rows, 500);
    if (cols !== this.terminal.cols || rows !== this.terminal.rows) this.terminal.resize(cols, rows);
  }

  /** Browsers allow few WebGL contexts: only terminals in view have one. Without one xterm.js draws with elements. */
  setVisible(visible: boolean): void {
    if (!visible) {
      this.#webgl?.dispose();
      this.#webgl = undefined;
      return;
    }
    this.fill();
    if (this.#webgl || !this.#webglWorks) return;
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => {
        this.#webglWorks = false;
        this.setVisible(false);
      });
      this.terminal.loadAddon(webgl);
      this.#webgl = webgl;
    } catch {
      this.#webglWorks = false;
    }
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.terminal.dispose();
  }
}

/** What a program prints may be an address of any kind: only web pages are opened, and they learn nothing of this one. */
function openLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}
