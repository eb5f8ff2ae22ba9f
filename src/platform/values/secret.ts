import { inspect } from 'node:util';

/**
 * A secret value. It prints as `[secret]` wherever a value is turned to text or JSON, so that a log line,
 * an error or a dump of an object cannot leak it; `reveal()` is the only way to the text and is called
 * where a header is set or a value is encrypted, nowhere else.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
