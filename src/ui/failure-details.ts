/** A fault of the program as text, for a report to its authors. */
import type { Failure } from '../core/errors';

/** Name, message and stack of the error, and the browser it happened in. */
export function failureDetails({ name, message, stack }: Extract<Failure, { kind: 'unexpected' }>): string {
  // Chromium repeats name and message in the stack, Firefox and Safari do not.
  const title = `${name}: ${message}`;
  const error = stack.startsWith(title) ? stack : `${title}\n${stack}`;
  return `${error}\n\n${navigator.userAgent}`;
}
