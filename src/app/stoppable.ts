/**
 * What makes stopping end whatever is dead: calls to a service end soon after the work that makes them was stopped, also
 * when the service never answers, as a database whose transaction never completes or a worker that hangs.
 */
import { unlessStopped } from '../inference/unless-stopped';

/** A call that is stored half way is worse than one that is waited for: so long it may end by itself. */
const GRACE_MS = 4_000;

/**
 * The same service for one piece of work. When its signal aborts, calls in flight and later ones have `graceMs` to end by
 * themselves; then they throw AbortError, and what they still do goes on unobserved.
 */
export function stoppable<T extends object>(service: T, signal: AbortSignal, graceMs = GRACE_MS): T {
  return new Proxy(service, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const given: unknown = Reflect.apply(member, target, args);
        if (given instanceof Promise) return unlessStopped(given, signal, graceMs);
        return isStream(given) ? pages(given, signal, graceMs) : given;
      };
    },
  });
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function* pages<T>(stream: AsyncIterable<T>, signal: AbortSignal, graceMs: number): AsyncGenerator<T> {
  const reader = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const page = await unlessStopped(reader.next(), signal, graceMs);
      if (page.done === true) return;
      yield page.value;
    }
  } finally {
    // A reader that hangs does not end either: it is not waited for.
    void reader.return?.().catch(() => undefined);
  }
}
