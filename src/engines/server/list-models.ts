/** Asks a server for its models: `GET /models` of the OpenAI interface. */
import { MOST_CHARACTERS } from './answer';
import { askServer, readText } from './ask-server';
import { field } from './fields';
import { ServerTrouble, TroubleReader } from './server-trouble';
import { StallWatch } from '../../io/stall-watch';
import { WORDS } from '../words';

/** A model as a server lists it. */
export interface OfferedModel {
  readonly id: string;
  /** Tokens per request where the server says so (vLLM, LM Studio, OpenRouter); null where it does not. */
  readonly contextLength: number | null;
}
const MOST_MODELS = 1_000;
const LONGEST_NAME = 500;
/** A list comes at once. */
const TICKS = 4;
const CONTEXT_FIELDS = ['max_model_len', 'context_length', 'max_context_length'] as const;

/**
 * @param url base address as `serverAddress` gives it
 * @throws AppError server-failed, engine-timeout; AbortError
 */
export async function listModels(
  url: string,
  key: string | null,
  signal: AbortSignal,
): Promise<readonly OfferedModel[]> {
  const troubles = new TroubleReader(url, () => key);
  const watch = new StallWatch(signal, TICKS);
  try {
    const response = await askServer({ url: `${url}/models`, key }, watch, troubles);
    let body = '';
    await readText(response, watch, troubles, (piece) => {
      body += piece;
      return body.length <= MOST_CHARACTERS;
    });
    const models = modelsIn(body);
    if (!models) throw troubles.problem('not-found', WORDS.server.noList, false);
    return models;
  } catch (error) {
    throw error instanceof ServerTrouble ? error.asError() : error;
  } finally {
    watch.stop();
  }
}

function modelsIn(body: string): readonly OfferedModel[] | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const data = field(value, 'data');
  if (!Array.isArray(data)) return null;
  return data.slice(0, MOST_MODELS).flatMap((entry: unknown) => {
    const id = field(entry, 'id');
    if (typeof id !== 'string' || id === '' || id.length > LONGEST_NAME) return [];
    const lengths = CONTEXT_FIELDS.map((name) => field(entry, name));
    const contextLength = lengths.find((length) => Number.isSafeInteger(length) && Number(length) > 0);
    return [{ id, contextLength: typeof contextLength === 'number' ? contextLength : null }];
  });
}
