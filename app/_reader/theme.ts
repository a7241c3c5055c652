/** The colours: the system's, or the reader's choice, remembered in a cookie so that the server sends the right ones at once. */
export const THEME_COOKIE = 'theme';
export type Theme = 'system' | 'light' | 'dark';

export function readTheme(cookie: string | undefined): Theme {
  return cookie === 'light' || cookie === 'dark' ? cookie : 'system';
}

export function nextTheme(theme: Theme): Theme {
  return theme === 'system' ? 'light' : theme === 'light' ? 'dark' : 'system';
}

/** Shows the theme and remembers it. `data-theme` on the document is what everything else (the terminals too) goes by. */
export function rememberTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is missing in Firefox; this value is ours and safe
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
}
