/** Models on servers that the user added. Their engine is fetched when one is used. */
import { isServerId, serverId } from '../core/models/known-server';
import type { ModelInfo } from '../core/models/stored-model';
import { AppError } from '../core/errors';
import type { ServerList } from './server-list';
import type { ModelSource, OpenModel } from './model-source';

export class ServerSource implements ModelSource {
  constructor(private readonly servers: ServerList) {}

  list(): Promise<readonly ModelInfo[]> {
    return this.servers.models();
  }

  async find(id: string): Promise<ModelInfo | null> {
    if (!isServerId(id)) return null;
    return (await this.list()).find((info) => info.id === id) ?? null;
  }

  /** Sends nothing: a server that is off is met by the first request. */
  async open(model: ModelInfo): Promise<OpenModel> {
    const server = (await this.servers.list()).find((known) => serverId(known) === model.id);
    if (!server) throw new AppError({ kind: 'model-not-here', model: model.name });
    const { ServerModel } = await import('../engines/server/server-model');
    return new ServerModel(model.id, model.name, server, () => this.servers.key(server.url));
  }
}
