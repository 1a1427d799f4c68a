/**
 * The Web Locks API for pages of plain-http addresses, to which browsers do not offer it. Pages ask each other by a
 * BroadcastChannel: who has a lock, or wants it more, says so; a page that died does not answer, so that its locks are
 * free. A page that the browser has frozen does not answer either; what writes checks for that itself.
 */

/** Within this time other pages answer. */
const ANSWER_MS = 200;
/** A page that waits asks again, because the one before may have died without a word. */
const AGAIN_MS = 2_000;

type Message =
  | { readonly type: 'claim'; readonly name: string; readonly ticket: string }
  | { readonly type: 'denied'; readonly name: string; readonly ticket: string }
  | { readonly type: 'freed' | 'stolen'; readonly name: string }
  | { readonly type: 'who'; readonly ticket: string }
  | { readonly type: 'mine'; readonly ticket: string; readonly names: readonly string[] };
type Work<T> = (lock: Lock | null) => T | Promise<T>;
type Options = Pick<LockOptions, 'ifAvailable' | 'steal'>;

export class ChannelLocks {
  readonly #channel: BroadcastChannel;
  /** Locks of this page, with what ends them when another page takes one over. */
  readonly #held = new Map<string, () => void>();
  readonly #claims = new Map<string, { readonly ticket: string; denied: boolean }>();
  /** The last in the line for each lock on this page. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #waiting = new Set<{ readonly name: string; readonly wake: () => void }>();
  readonly #answers = new Map<string, string[]>();

  constructor(channel = 'self-instruct-locks') {
    this.#channel = new BroadcastChannel(channel);
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data as Message));
  }

  /** As `LockManager.request`, for exclusive locks. */
  async request<T>(name: string, ...rest: [Work<T>] | [Options, Work<T>]): Promise<T> {
    const work = rest.at(-1) as Work<T>;
    const { ifAvailable = false, steal = false } = rest.length === 2 ? rest[0] : {};
    if (ifAvailable && this.#turns.has(name)) return work(null);
    if (steal) {
      this.#held.get(name)?.();
      this.#say({ type: 'stolen', name });
    }
    const before = this.#turns.get(name);
    let over: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (over = resolve));
    this.#turns.set(name, turn);
    try {
      await before;
      while (!(await this.#claim(name))) {
        if (ifAvailable) return await work(null);
        await this.#freed(name);
      }
      return await this.#hold(name, work);
    } finally {
      over();
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    }
  }

  /** As `LockManager.query`; locks that are waited for are left out. */
  async query(): Promise<LockManagerSnapshot> {
    const ticket = newTicket();
    const names = [...this.#held.keys()];
    this.#answers.set(ticket, names);
    this.#say({ type: 'who', ticket });
    await pause(ANSWER_MS);
    this.#answers.delete(ticket);
    return { held: names.map((name) => ({ name, mode: 'exclusive' })), pending: [] };
  }

  /** Ends the page's part in it; for tests. */
  close(): void {
    this.#channel.close();
  }

  async #claim(name: string): Promise<boolean> {
    const claim = { ticket: newTicket(), denied: false };
    this.#claims.set(name, claim);
    this.#say({ type: 'claim', name, ticket: claim.ticket });
    await pause(ANSWER_MS);
    this.#claims.delete(name);
    return !claim.denied;
  }

  #hold<T>(name: string, work: Work<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        if (this.#held.get(name) !== lose) return;
        this.#held.delete(name);
        this.#say({ type: 'freed', name });
      };
      const lose = (): void => {
        end();
        reject(new DOMException('The lock was taken over.', 'AbortError'));
      };
      this.#held.set(name, lose);
      const done = async (): Promise<T> => work({ name, mode: 'exclusive' });
      void done().then(resolve, reject).finally(end);
    });
  }

  async #freed(name: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const waiter = {
        name,
        wake: (): void => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.wake, AGAIN_MS);
      this.#waiting.add(waiter);
    });
  }

  #hear(message: Message): void {
    switch (message.type) {
      case 'claim': {
        const { name, ticket } = message;
        const own = this.#claims.get(name);
        // Of two pages that want it at once, the lower ticket gets it.
        if (this.#held.has(name) || (own && own.ticket < ticket)) this.#say({ type: 'denied', name, ticket });
        else if (own) own.denied = true;
        break;
      }
      case 'denied': {
        const own = this.#claims.get(message.name);
        if (own?.ticket === message.ticket) own.denied = true;
        break;
      }
      case 'freed':
        for (const { name, wake } of [...this.#waiting]) if (name === message.name) wake();
        break;
      case 'stolen':
        this.#held.get(message.name)?.();
        break;
      case 'who':
        this.#say({ type: 'mine', ticket: message.ticket, names: [...this.#held.keys()] });
        break;
      case 'mine':
        this.#answers.get(message.ticket)?.push(...message.names);
        break;
    }
  }

  #say(message: Message): void {
    this.#channel.postMessage(message);
  }
}

const newTicket = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
