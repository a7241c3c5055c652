/** One line per event, with the lab first where there is one: `2026-11-21T09:00:00.000Z warn lab=abc… agent went away`. */
type Level = 'info' | 'warn' | 'error';
type About = { lab?: string | undefined; learner?: string | undefined; agent?: string | undefined };

export function log(level: Level, message: string, about: About = {}): void {
  const names = Object.entries(about).flatMap(([key, value]) => (value === undefined ? [] : `${key}=${value} `));
  const line = `${new Date().toISOString()} ${level} ${names.join('')}${message.replaceAll('\n', ' | ')}\n`;
  (level === 'info' ? process.stdout : process.stderr).write(line);
}
