/**
 * Models beside the page: `models/<sha256>/` at the app's own address holds a model in pieces that are named by their
 * hash (scripts/lib/mirror.mjs makes them). Each piece is checked before it counts, so that a broken one is fetched again
 * by itself; the whole file is checked by whoever stores it.
 */
import * as v from 'valibot';
import { AppError } from '../core/errors';
import { ask, bad, Broken, type Network, PAGE_NETWORK, readSmall } from './network';
import { WORDS } from './words';

const Hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));
const Size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));
const Piece = v.object({ sha256: Hash, bytes: v.pipe(Size, v.maxValue(64 * 1024 * 1024)) });
/** A file that lies beside the pieces, as the licence does. Its name never leads into another folder. */
const Beside = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w][\w.-]{0,80}$/u)),
  sha256: Hash,
  bytes: v.pipe(Size, v.maxValue(1_000_000)),
});
const Manifest = v.object({
  format: v.literal(1),
  name: Text,
  file: Text,
  bytes: Size,
  sha256: Hash,
  licence: Text,
  pieces: v.pipe(v.array(Piece), v.minLength(1)),
  beside: v.optional(v.array(Beside), []),
});
const Index = v.object({
  format: v.literal(1),
  models: v.array(v.object({ sha256: Hash, name: Text, bytes: Size, licence: Text })),
});

/** A model in pieces. */
export type MirrorManifest = v.InferOutput<typeof Manifest>;
/** What the list of a mirror says of one model. */
export type MirroredModel = v.InferOutput<typeof Index>['models'][number];

const MANIFEST_BYTES = 1_000_000;

/** Null when it is not a manifest, or contradicts itself. */
export async function readManifest(file: Blob): Promise<MirrorManifest | null> {
  const manifest = await checked(Manifest, file);
  return manifest?.bytes === sum(manifest?.pieces ?? []) ? manifest : null;
}
const readIndex = async (file: Blob): Promise<readonly MirroredModel[] | null> =>
  (await checked(Index, file))?.models ?? null;

async function checked<S extends v.GenericSchema>(schema: S, file: Blob): Promise<v.InferOutput<S> | null> {
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(await file.text()));
    return success ? output : null;
  } catch {
    return null;
  }
}

export class Mirror {
  /** @param folder URL of the folder of models, ending in "/" */
  constructor(
    readonly folder: string,
    private readonly network: Network = PAGE_NETWORK,
  ) {}

  /** All models that lie there; none where there is no mirror. @throws AbortError */
  async list(signal: AbortSignal): Promise<readonly MirroredModel[]> {
    return (await this.#read(`${this.folder}index.json`, readIndex, signal)) ?? [];
  }

  /** The pieces of a file; null where this mirror does not have it. @throws AbortError */
  async find(sha256: string, signal: AbortSignal): Promise<MirrorManifest | null> {
    if (!v.is(Hash, sha256)) return null;
    const manifest = await this.#read(this.#url(sha256, 'manifest.json'), readManifest, signal);
    return manifest?.sha256 === sha256 ? manifest : null;
  }

  /** A small file that lies beside the pieces. @throws AppError model-file-missing, bad-file; AbortError */
  beside(sha256: string, name: string, signal: AbortSignal): Promise<Blob> {
    return readSmall(this.network, this.#url(sha256, name), MANIFEST_BYTES, signal);
  }

  /** Bytes of whole pieces among the first bytes of the file. */
  wholePieces({ pieces }: MirrorManifest, bytes: number): number {
    let end = 0;
    for (const piece of pieces) {
      if (end + piece.bytes > bytes) break;
      end += piece.bytes;
    }
    return end;
  }

  /**
   * The file from a piece's beginning on, each piece checked before it is given.
   * @param onProgress bytes of the file that have come
   * @throws in the stream: Broken when a piece does not come or is damaged; AppError model-file-missing; AbortError
   */
  read(
    manifest: MirrorManifest,
    from: number,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = from;
    let next = manifest.pieces.findIndex((_, i) => sum(manifest.pieces.slice(0, i)) === from);
    if (next < 0) next = manifest.pieces.length;
    return new ReadableStream(
      {
        pull: async (controller) => {
          const piece = manifest.pieces[next];
          if (!piece) {
            controller.close();
            return;
          }
          try {
            const url = this.#url(manifest.sha256, `${piece.sha256}.bin`);
            controller.enqueue(await this.#piece(url, piece, signal, (bytes) => onProgress(at + bytes)));
          } catch (error) {
            controller.error(asBroken(error));
            return;
          }
          at += piece.bytes;
          next++;
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #piece(
    url: string,
    { sha256, bytes }: { readonly sha256: string; readonly bytes: number },
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const response = await ask(this.network, url, {}, signal);
    const piece = new Uint8Array(bytes);
    let here = 0;
    const reader = response.body?.getReader();
    try {
      for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
        if (here + part.value.length > bytes) throw damaged(url);
        piece.set(part.value, here);
        here += part.value.length;
        onProgress(here);
      }
    } catch (error) {
      void reader?.cancel().catch(() => undefined);
      signal.throwIfAborted();
      throw error instanceof Broken ? error : new Broken(null, 0, { cause: error });
    }
    // The browser hashes off the page. Pages that lack it have no place for models either.
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', piece));
    const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (here !== bytes || hash !== sha256) throw damaged(url);
    return piece;
  }

  async #read<T>(
    url: string,
    read: (file: Blob) => Promise<T | null>,
    signal: AbortSignal,
  ): Promise<T | null> {
    try {
      return await read(await readSmall(this.network, url, MANIFEST_BYTES, signal));
    } catch {
      // No mirror, another page at its address, or no network: the model comes from elsewhere then.
      signal.throwIfAborted();
      return null;
    }
  }

  #url(sha256: string, name: string): string {
    return `${this.folder}${sha256}/${name}`;
  }
}

const sum = (pieces: readonly { readonly bytes: number }[]): number =>
  pieces.reduce((total, { bytes }) => total + bytes, 0);

/** What is not a piece of this model says nothing about the pieces before it: they stay. */
const asBroken = (error: unknown): unknown =>
  error instanceof AppError && error.failure.kind === 'bad-file'
    ? new Broken(null, 0, { cause: error }, error)
    : error;

/** It may have been cut or changed on the way: it is fetched again. */
const damaged = (url: string): Broken => new Broken(null, 0, {}, bad(url, WORDS.download.damagedPiece));
