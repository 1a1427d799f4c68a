/** The servers that the user added. Addresses are settings; keys are held in memory here and nowhere else. */
import { type KnownServer, knownServers, serverId, serverInfo } from '../core/models/known-server';
import type { ModelInfo } from '../core/models/stored-model';
import type { SettingStore } from '../core/ports';
import type { OfferedModel } from '../engines/server/list-models';

const SETTING = 'servers';

export class ServerList {
  /** By address. Never stored, exported or logged. */
  readonly #keys = new Map<string, string>();

  constructor(private readonly settings: SettingStore) {}

  /** @throws AppError of the store */
  async list(): Promise<readonly KnownServer[]> {
    return knownServers(await this.settings.setting(SETTING));
  }

  async models(): Promise<readonly ModelInfo[]> {
    return (await this.list()).map(serverInfo);
  }

  /** Adds a server, or changes what is known of it. @returns its id as a model */
  async save(server: KnownServer): Promise<string> {
    const id = serverId(server);
    await this.#change((all) => [...all.filter((other) => serverId(other) !== id), server]);
    return id;
  }

  async remove(id: string): Promise<void> {
    const gone = (await this.list()).find((server) => serverId(server) === id);
    await this.#change((all) => all.filter((server) => serverId(server) !== id));
    const left = await this.list();
    if (gone && !left.some(({ url }) => url === gone.url)) this.#keys.delete(gone.url);
  }

  /** The key for all models at this address; null forgets it. */
  setKey(url: string, key: string | null): void {
    const plain = key?.trim() ?? '';
    if (plain === '') this.#keys.delete(url);
    else this.#keys.set(url, plain);
  }

  /** For the request alone. */
  key(url: string): string | null {
    return this.#keys.get(url) ?? null;
  }

  /**
   * Normalises the typed address and lists the models that the server offers.
   * @throws AppError bad-file for no address, server-failed; AbortError
   */
  async ask(
    typed: string,
    signal: AbortSignal,
  ): Promise<{ readonly url: string; readonly models: readonly OfferedModel[] }> {
    // Fetched when a server is used: the first page is light.
    const [{ serverAddress }, { listModels }] = await Promise.all([
      import('../engines/server/server-address'),
      import('../engines/server/list-models'),
    ]);
    const url = serverAddress(typed);
    return { url, models: await listModels(url, this.key(url), signal) };
  }

  /** Called after each change by any tab. Returns a function that removes the listener. */
  watch(listener: () => void): () => void {
    return this.settings.watchSetting(SETTING, listener);
  }

  #change(change: (all: readonly KnownServer[]) => readonly KnownServer[]): Promise<void> {
    return this.settings.changeSetting(SETTING, (stored: unknown) => change(knownServers(stored)));
  }
}
