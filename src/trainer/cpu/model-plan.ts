/**
 * Where everything of a training on the CPU lies in memory: the base model's numbers as its file stores them, what is
 * learned as one list of floats, and for each thread the room for one share of a batch. Plain data, so that threads get
 * it in a message.
 */
import type { LoraTarget, TrainingMethod } from '../../core/training/training';
import { adapterTensor, targetPath } from '../../weights/adapter';
import type { LlamaConfig } from '../../weights/llama-config';
import { llamaTensors } from '../../weights/llama-config';
import type { NumberType } from '../../weights/number-types';
import { firstTrained } from '../lora';
import type { Arena } from './arena';

/** A matrix as it is stored, rows one after another. */
export interface StoredMatrix {
  readonly at: number;
  readonly type: NumberType;
  readonly rows: number;
  readonly columns: number;
}
/** One side of an adapter in the list of learned floats. */
export interface AdapterPlace {
  readonly name: string;
  readonly shape: readonly [number, number];
  /** Floats before it. */
  readonly offset: number;
}
type Lora = Extract<TrainingMethod, { kind: 'lora' }>;
export type LayerMatrices = Readonly<Record<LoraTarget, StoredMatrix>>;

/** Addresses of the model and of what is learned. */
export interface ModelPlan {
  readonly config: LlamaConfig;
  readonly rank: number;
  /** alpha / rank */
  readonly scale: number;
  /** The lowest layer that learns. */
  readonly first: number;
  readonly layers: readonly {
    readonly matrices: LayerMatrices;
    readonly attentionNorm: number;
    readonly feedForwardNorm: number;
  }[];
  readonly embedding: StoredMatrix;
  readonly norm: number;
  readonly output: StoredMatrix;
  readonly adapters: readonly AdapterPlace[];
  /** Floats that are learned. */
  readonly learned: number;
  readonly parameters: number;
}

/** The places of all sides of all adapters, in the order in which they are stored. */
export function adapterPlaces(config: LlamaConfig, lora: Lora): AdapterPlace[] {
  const shapes = llamaTensors(config);
  const places: AdapterPlace[] = [];
  let offset = 0;
  for (let layer = firstTrained(config, lora); layer < config.layers; layer++) {
    for (const target of lora.targets) {
      const [out = 0, inner = 0] = shapes.get(`model.layers.${layer}.${targetPath(target)}.weight`) ?? [];
      for (const side of ['A', 'B'] as const) {
        const shape = side === 'A' ? ([lora.rank, inner] as const) : ([out, lora.rank] as const);
        places.push({ name: adapterTensor(layer, target, side), shape, offset });
        offset += shape[0] * shape[1];
      }
    }
  }
  return places;
}

/** A share of a batch has at most so many tokens, unless a single example is longer. */
export const SHARE_TOKENS = 256;
/** Panels of predictions whose logits are held at once. */
export const HEAD_PANELS = 8;
/** Rows of the output matrix that are widened at once. */
export const HEAD_ROWS = 2048;

/** What the backward pass needs of one layer's forward pass; [panel][feature][8] but for the shares of attention. */
export interface KeptPlaces {
  readonly x: number;
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly shares: number;
  readonly o: number;
  readonly mid: number;
  readonly gate: number;
  readonly up: number;
}

/** Addresses of one thread's own room. */
export interface ThreadPlan {
  readonly gradients: number;
  readonly kept: readonly KeptPlaces[];
  readonly scratch: Readonly<
    Record<
      | 'weights'
      | 'cos'
      | 'sin'
      | 'y'
      | 'h'
      | 'act'
      | 'dact'
      | 'dx'
      | 'dh'
      | 'do'
      | 'dq'
      | 'dk'
      | 'dv'
      | 'dshares'
      | 'narrow'
      | 'dnarrow'
      | 'picked'
      | 'pickedDx'
      | 'normed'
      | 'logits'
      | 'tops',
      number
    >
  >;
}

/** Panels of one share: that of the longest example, or of the usual number of tokens; each sequence may add one. */
export const sharePanels = (longest: number): number =>
  Math.max(Math.ceil(longest / 8), Math.ceil(SHARE_TOKENS / 8));

/**
 * Takes the room of one thread.
 * @param longest tokens of the longest example
 */
export function planThread(
  arena: Arena,
  { config: c, first, rank, learned }: Pick<ModelPlan, 'config' | 'first' | 'rank' | 'learned'>,
  longest: number,
): ThreadPlan {
  const panels = sharePanels(longest);
  const most = Math.ceil(longest / 8);
  const room = (features: number): number => arena.floats(panels * features * 8);
  const queries = c.heads * c.headSize;
  const keys = c.kvHeads * c.headSize;
  const slots = Math.max(1, c.layers - first);
  const kept = Array.from({ length: slots }, (): KeptPlaces => ({
    x: room(c.hiddenSize),
    q: room(queries),
    k: room(keys),
    v: room(keys),
    // Per sequence and head the square of its panels: the most when there is one long sequence beside others.
    shares: arena.floats(c.heads * panels * most * 64),
    o: room(queries),
    mid: room(c.hiddenSize),
    gate: room(c.ffnSize),
    up: room(c.ffnSize),
  }));
  const widest = Math.max(
    c.ffnSize * c.hiddenSize,
    queries * c.hiddenSize,
    Math.min(HEAD_ROWS, c.vocabSize) * c.hiddenSize,
  );
  return {
    gradients: arena.floats(learned),
    kept,
    scratch: {
      weights: arena.floats(widest),
      cos: room(c.headSize / 2),
      sin: room(c.headSize / 2),
      y: room(c.hiddenSize),
      h: room(c.hiddenSize),
      act: room(c.ffnSize),
      dact: room(c.ffnSize),
      dx: room(c.hiddenSize),
      dh: room(c.hiddenSize),
      do: room(queries),
      dq: room(queries),
      dk: room(keys),
      dv: room(keys),
      dshares: arena.floats(most * most * 64),
      narrow: room(rank),
      dnarrow: room(rank),
      picked: arena.floats(HEAD_PANELS * c.hiddenSize * 8),
      pickedDx: arena.floats(HEAD_PANELS * c.hiddenSize * 8),
      normed: arena.floats(HEAD_PANELS * c.hiddenSize * 8),
      logits: arena.floats(HEAD_PANELS * c.vocabSize * 8),
      tops: arena.floats(16),
    },
  };
}
