/** Models on this device as data: what is known of one before it is loaded, and what is stored of it. */

/** What computes it. */
export type EngineName = 'llama.cpp' | 'web-llm' | 'server';

/** Where it came from. */
export type ModelOrigin =
  | 'built-in' // ships with the app
  | 'download' // fetched from an address
  | 'file' // picked from disk
  | 'finetuned' // made here
  | 'server'; // answers over the network

/** The model that an adapter belongs on, stored beside it: found by its weights, whatever its id is. */
export interface AdapterBase {
  readonly name: string;
  /** Its `ModelInfo.hash`. */
  readonly hash: string;
  /** What it takes on disk, with its own base where it is an adapter itself. */
  readonly bytes: number;
}

/** A model that the user can choose. */
export interface ModelInfo {
  /** Stable over reloads; a run refers to its model by it. */
  readonly id: string;
  readonly name: string;
  readonly engine: EngineName;
  readonly origin: ModelOrigin;
  /** A base model continues text; an instruct model answers turns of a chat. */
  readonly style: 'base' | 'instruct';
  /** How it is best asked to write tasks, where that was measured; absent: as its style says. */
  readonly ask?: 'continue' | 'turns';
  /** Bytes on disk, or to be downloaded; null when unknown. */
  readonly bytes: number | null;
  /** Tokens per request, prompt and completion together; null when only the loaded model tells. */
  readonly contextLength: number | null;
  readonly licence: string | null;
  /** What it speaks: ISO 639, `mul` for many; absent where unknown. */
  readonly languages?: readonly string[];
  /** SHA-256 of the weights, hex; empty where they are not accessible (servers). */
  readonly hash: string;
  /** For a model that is an adapter: what is computed is its base, with what the adapter learned. */
  readonly adapter?: {
    readonly base: AdapterBase;
    /** alpha / rank: what B A is multiplied by. */
    readonly scale: number;
  };
  /** Requests a server takes at once; for other engines it follows from engine and size (capacity.ts). */
  readonly parallel?: number;
  /** Where prompts and answers go; servers only. */
  readonly host?: string;
  /** GGUF models: llama.cpp will run it on this device's GPU. Set by the source that lists it; never stored. */
  readonly onGpu?: boolean;
}
/** Bytes of all weights that a model computes with; null when unknown. */
export const computedBytes = ({ bytes, adapter }: Pick<ModelInfo, 'bytes' | 'adapter'>): number | null =>
  bytes === null ? null : bytes + (adapter?.base.bytes ?? 0);

/** Stands for any version of the built-in model where a model is chosen; a run has the exact id. */
export const BUILT_IN = 'built-in';

/** Whether a model is the one that an id names. */
export const isNamed = ({ id, origin }: Pick<ModelInfo, 'id' | 'origin'>, name: string): boolean =>
  id === name || (name === BUILT_IN && origin === 'built-in');

/** The id for choosing a model: a later version of the built-in model is the same choice. */
export const choiceId = ({ id, origin }: Pick<ModelInfo, 'id' | 'origin'>): string =>
  origin === 'built-in' ? BUILT_IN : id;

/** One file of a stored model. */
export interface StoredFile {
  /** Path inside the model's folder, `/` between parts. */
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/** A model whose files are all stored; the row is written last, so a model without it does not exist. */
export interface StoredModel extends ModelInfo {
  readonly files: readonly StoredFile[];
  /** Address, file name or training it came from, for the user. */
  readonly source: string;
  readonly storedAt: number;
  /** For web-llm: the addresses of model and library in its cache, and settings that it needs. */
  readonly webLlm?: {
    readonly model: string;
    readonly library: string;
    readonly overrides?: Readonly<Record<string, number>>;
  };
  /** For finetuned models: what they were made from. */
  readonly parent?: { readonly modelId: string; readonly trainingId: string };
}

/** Names of files inside a stored model's folder. */
export const GGUF_FILE = 'model.gguf';
/** An adapter that llama.cpp loads beside its base. */
export const ADAPTER_GGUF_FILE = 'adapter.gguf';
/** Weights of a model in the Hugging Face layout. */
export const WEIGHTS_FILE = 'model.safetensors';
/** The weights of an adapter, by PEFT's name. */
export const ADAPTER_WEIGHTS_FILE = 'adapter_model.safetensors';
/** Settings of a model in the Hugging Face layout. */
export const CONFIG_FILE = 'config.json';
/** Tokenizer of a model in the Hugging Face layout. */
export const TOKENIZER_FILE = 'tokenizer.json';
