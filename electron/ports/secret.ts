import { inspect } from 'node:util';

const placeholder = '[secret]';

/**
 * Text that must not leak: every way to print it by accident yields a placeholder. Call {@link reveal} only where
 * the value leaves towards its rightful receiver.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return placeholder;
  }

  toJSON(): string {
    return placeholder;
  }

  [inspect.custom](): string {
    return placeholder;
  }
}
