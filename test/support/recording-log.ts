import type { LogFields, Logger } from '../../electron/ports/index.ts';

/** Keeps every line as text, so that a test can look for what must not be there. */
export class RecordingLog implements Logger {
  readonly lines: string[] = [];

  debug(event: string, fields?: LogFields): void {
    this.#add('debug', event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.#add('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#add('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.#add('error', event, fields);
  }

  text(): string {
    return this.lines.join('\n');
  }

  #add(level: string, event: string, fields?: LogFields): void {
    this.lines.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`);
  }
}
