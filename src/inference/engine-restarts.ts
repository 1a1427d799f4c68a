/**
 * Keeps an engine running: queues requests, and starts a new engine when the old one crashed, hung or is due for renewal.
 * A request that was lost with its engine is repeated on the next one.
 */
import { AppError, type Failure } from '../core/errors';
import type { CompletionListener } from '../core/ports';
import { unlessStopped } from './unless-stopped';
import { WORDS } from './words';

const ATTEMPTS = 3;

/** What is known of an engine's connection here. */
interface Mortal {
  readonly dead: boolean;
  terminate(failure?: Failure): void;
}
interface Dependencies<Connection> {
  /** Starts a worker; nothing is loaded yet. */
  open(): Connection;
  /** Loads and proves the model. */
  load(connection: Connection): Promise<void>;
  /** Whether the engine should be replaced before the next request. */
  isDue?(): boolean;
  /** It is being replaced for that. */
  renewed?(): void;
  /** An engine failed in a load or a request; called before the next one is opened. */
  failed?(failure: Failure): void;
}

export class EngineRestarts<Connection extends Mortal> {
  /** The newest engine, loading or loaded, and its launch. */
  #connection: Connection | null = null;
  #launched: Promise<Connection> | null = null;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];
  #disposed = false;

  /** @param parallel requests given to the engine at once */
  constructor(
    private readonly parallel: number,
    private readonly dependencies: Dependencies<Connection>,
  ) {}

  /** Loads the first engine. @throws AppError of the load */
  async start(): Promise<void> {
    await this.#connect();
  }

  /** @throws AppError of the last attempt; prompt-too-long at once; AbortError */
  async request<T>(
    signal: AbortSignal,
    listener: CompletionListener | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    await this.#slot();
    try {
      return await this.#attempt(signal, listener, work);
    } finally {
      this.#inFlight--;
      this.#waiting.shift()?.();
    }
  }

  /** Ends the engine, even while it loads; pending calls are rejected. */
  dispose(): void {
    this.#disposed = true;
    this.#connection?.terminate();
  }

  async #attempt<T>(
    signal: AbortSignal,
    listener: CompletionListener | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      let connection: Connection | null = null;
      try {
        connection = await unlessStopped(this.#connect(), signal);
        return await work(connection);
      } catch (error) {
        if (!(error instanceof AppError) || error.failure.kind === 'prompt-too-long') throw error;
        // Concurrent requests fail together; that is reported once. A stopped request that hung does not count.
        if (connection && connection === this.#connection) this.#lose(error.failure, signal.aborted);
        if (attempt === ATTEMPTS || this.#disposed) throw error;
        listener?.retry(error.failure.kind);
      }
    }
  }

  #lose(failure: Failure, expected: boolean): void {
    this.#connection?.terminate(failure);
    this.#connection = null;
    if (!expected) this.dependencies.failed?.(failure);
  }

  /** Waits for a free slot; when the engine is due for renewal, for all of them. */
  async #slot(): Promise<void> {
    const isDue = (): boolean => this.dependencies.isDue?.() ?? false;
    const mustWait = (): boolean => this.#inFlight >= this.parallel || (isDue() && this.#inFlight > 0);
    while (mustWait()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (isDue()) {
      this.#connection?.terminate();
      this.dependencies.renewed?.();
    }
    this.#inFlight++;
    // Another waiter may fit as well.
    if (!mustWait()) this.#waiting.shift()?.();
  }

  /** The running engine, or a new one; concurrent callers wait for the same one. */
  async #connect(): Promise<Connection> {
    if (this.#disposed) throw new AppError({ kind: 'engine-failed', detail: WORDS.failures.closed });
    if (!this.#launched || this.#connection?.dead !== false) this.#launched = this.#launch();
    return this.#launched;
  }

  async #launch(): Promise<Connection> {
    const connection = this.dependencies.open();
    this.#connection = connection;
    try {
      await this.dependencies.load(connection);
      return connection;
    } catch (error) {
      connection.terminate();
      if (error instanceof AppError && !this.#disposed) this.dependencies.failed?.(error.failure);
      throw error;
    }
  }
}
