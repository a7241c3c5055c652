import type { ITheme } from '@xterm/xterm';

/** Sixteen colours that can be read on the page's own surfaces; the dark ones for dark, deeper ones for light. */
const light: ITheme = {
  background: '#fbfbfa',
  foreground: '#1b1c1e',
  cursor: '#2a55c8',
  cursorAccent: '#ffffff',
  selectionBackground: '#2a55c840',
  black: '#1b1c1e',
  red: '#a8321f',
  green: '#156f41',
  yellow: '#8a5200',
  blue: '#2a55c8',
  magenta: '#8b2fa0',
  cyan: '#0b6b78',
  white: '#6b6f75',
  brightBlack: '#5a5e63',
  brightRed: '#c23b25',
  brightGreen: '#1a8550',
  brightYellow: '#a16300',
  brightBlue: '#3866e0',
  brightMagenta: '#a23fba',
  brightCyan: '#0f7f8e',
  brightWhite: '#3c3f44',
};
const dark: ITheme = {
  background: '#0d0f11',
  foreground: '#e6e8ea',
  cursor: '#93b4ff',
  cursorAccent: '#0d1424',
  selectionBackground: '#93b4ff45',
  black: '#2d3238',
  red: '#ff8a78',
  green: '#63d297',
  yellow: '#ecba62',
  blue: '#93b4ff',
  magenta: '#d8a1ec',
  cyan: '#6fd0de',
  white: '#d5d9dd',
  brightBlack: '#8a929b',
  brightRed: '#ffaea1',
  brightGreen: '#8be6b4',
  brightYellow: '#f6d08b',
  brightBlue: '#b6ccff',
  brightMagenta: '#e9c2f6',
  brightCyan: '#98e3ee',
  brightWhite: '#ffffff',
};

const DARK_QUERY = '(prefers-color-scheme: dark)';

/** The document's choice (`data-theme`), else the system's. */
export function presentTheme(): ITheme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen === 'dark' ? dark : light;
  return matchMedia(DARK_QUERY).matches ? dark : light;
}

/** Calls back whenever the page turns light or dark. Returns what ends it. */
export function followTheme(change: (theme: ITheme) => void): () => void {
  const tell = () => change(presentTheme());
  const system = matchMedia(DARK_QUERY);
  const document_ = new MutationObserver(tell);
  system.addEventListener('change', tell);
  document_.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', tell);
    document_.disconnect();
  };
}
