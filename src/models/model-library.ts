/** Imports and exports models, for the Models screen. */
import type { ModelNeed } from '../core/models/model-fit';
import type { StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { FolderFile } from './mlc-models';
import type { UnfinishedModel } from './opfs-model-store';
import type { CacheLeftover } from './web-llm-cache';

/** A model that can be fetched. */
export interface FetchableModel extends ModelNeed {
  readonly id: string;
  readonly name: string;
  readonly style: 'base' | 'instruct';
  readonly parameters: number | null;
  readonly contextLength: number | null;
  readonly licence: string | null;
  /** Why one would take it; null where nothing is said. */
  readonly why: string | null;
  /** Where its files lie: beside this page, or at the hosts of models. */
  readonly from: 'here' | 'hub';
  /** Its address there, which a stored model remembers; null where it has several files or none. */
  readonly source: string | null;
  /** Whether this project has run it itself; null where that is not known. */
  readonly loaded: boolean | null;
  /** ISO 639, `mul` for many; empty where unknown. */
  readonly languages: readonly string[];
  /** How it is best asked to write tasks, and whether its tokenizer begins texts with a token of their own; absent where unknown. */
  readonly ask?: 'continue' | 'turns';
  readonly bos?: boolean;
  /** Whether the trainer here can train it; null where unknown. */
  readonly finetunable: boolean | null;
}

type Tell = (progress: Progress) => void;

export interface ModelLibrary {
  offered(): Promise<readonly FetchableModel[]>;
  /** Bytes that an offered model takes to fetch, asked before; null when a server does not say. @throws as `fetchOffered` */
  sizeOfOffered(id: string, signal: AbortSignal): Promise<number | null>;
  /** Downloads or resumes an offered model. @throws AppError model-file-missing, bad-file, storage-full; AbortError */
  fetchOffered(id: string, signal: AbortSignal, tell: Tell): Promise<StoredModel>;
  /** Bytes behind an address; null when the server does not say. @throws as `fetchOffered` */
  sizeOf(url: string, signal: AbortSignal): Promise<number | null>;
  /** Fetches a GGUF file. @throws as `fetchOffered` */
  fetchFile(url: string, signal: AbortSignal, tell: Tell): Promise<StoredModel>;
  /** A GGUF file, or the zip or folder of any model or PEFT adapter. @throws AppError bad-file, storage-full; AbortError */
  take(files: readonly File[], signal: AbortSignal, tell: Tell): Promise<StoredModel>;
  /**
   * Weights in web-llm's form, beside the library of a stored model of the same shape.
   * @throws AppError bad-file when the shapes differ, storage-full; AbortError
   */
  installBeside(
    libraryId: string,
    files: ReadonlyMap<string, Blob>,
    name: string,
    signal: AbortSignal,
    tell: Tell,
  ): Promise<StoredModel>;
  /** All files of a stored model, to be carried elsewhere. @throws AppError model-file-missing, model-not-here */
  files(id: string): Promise<readonly FolderFile[]>;
  unfinished(): Promise<readonly UnfinishedModel[]>;
  /** Gives up what was begun. */
  discard(key: string): Promise<void>;
  /** What other pages of this address or older versions left in web-llm's caches. */
  leftovers(): Promise<readonly CacheLeftover[]>;
  removeLeftovers(found: readonly CacheLeftover[]): Promise<void>;
}
