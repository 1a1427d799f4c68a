/** GGUF models that are worth fetching, as data, with what their files do not say. The first one comes with the app. */
import { LLAMA_CONTEXT, llamaSlots } from '../core/models/capacity';
import { taskWork } from '../core/models/run-time';
import type { StoredModel } from '../core/models/stored-model';
import data from './gguf-catalogue.json';

/** One GGUF model of the list. */
export interface GgufModel {
  /** As it is stored: by the hash of its file where that is known. */
  readonly id: string;
  readonly name: string;
  /** Name of the file where it comes from. */
  readonly file: string;
  readonly url: string;
  /** Of the file; about, unless `exact`. */
  readonly bytes: number;
  readonly exact: boolean;
  /** Hex; null where no source gives it: then the size alone is checked. */
  readonly sha256: string | null;
  readonly style: 'base' | 'instruct';
  /** How it is best asked to write tasks, whatever its style. */
  readonly ask: 'continue' | 'turns';
  readonly parameters: number;
  /** Tokens that it was trained to see at once. */
  readonly contextLength: number;
  /** Weights, and keys and values of all requests that are computed at once. */
  readonly memoryBytes: number;
  /** On the CPU for one task, in that of the standard model. */
  readonly work: number;
  readonly licence: string;
  /** ISO 639; `mul` for many. */
  readonly languages: readonly string[];
  /** Whether its tokenizer puts a beginning-of-text token first. llama.cpp follows the file. */
  readonly bos: boolean;
  /** Whether the trainer here knows its architecture. */
  readonly finetunable: boolean;
  /** Whether this project has run the file itself. */
  readonly loaded: boolean;
  readonly why: string;
}

/** The id of a stored GGUF model: the same weights are the same model, wherever they came from. */
export const ggufId = (sha256: string): string => `gguf-${sha256.slice(0, 16)}`;

/** Whether our own engine computes the file: a Llama whose numbers are not in the K and IQ types of llama.cpp. */
const isOwn = (architecture: string, file: string): boolean =>
  architecture === 'llama' && !/Q\d_K|IQ\d/iu.test(file);

/** In the order in which they are recommended. */
export const GGUF_MODELS: readonly GgufModel[] = data.models.map(
  ({ repository, revision, style, ask, keyValueBytes, ...model }) => ({
    ...model,
    memoryBytes:
      model.bytes +
      (keyValueBytes ?? 0) * llamaSlots(model.bytes) * Math.min(LLAMA_CONTEXT, model.contextLength),
    work: taskWork(model.parameters, isOwn(model.architecture, model.file)),
    id: model.sha256 === null ? `gguf-${model.file}` : ggufId(model.sha256),
    url: `https://huggingface.co/${repository}/resolve/${revision}/${model.file}`,
    style: style as GgufModel['style'],
    ask: ask as GgufModel['ask'],
  }),
);

/** What the list knows of a file that is stored, by its hash or its address. */
export const knownGguf = ({ hash, source }: Pick<StoredModel, 'hash' | 'source'>): GgufModel | undefined =>
  GGUF_MODELS.find(({ sha256, url }) => sha256 === hash || url === source);
