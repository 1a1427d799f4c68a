/** The part of the bench `overhead` that runs in the page. */
import { Wllama } from '@wllama/wllama';
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import type { CompletionRequest } from '../src/core/ports';
import { brokenTextTokens, readGgufHeader } from '../src/weights/gguf-header';
import { LlamaModel } from '../src/inference/llama-model';
import type { ModelManifest } from '../src/inference/model-manifest';

interface Measured {
  readonly tokens: number;
  readonly seconds: number;
}
export interface Round {
  readonly bare: Measured;
  readonly ours: Measured;
}
type Ask = (request: CompletionRequest) => Promise<{ readonly text: string; readonly tokens: number }>;

const FOLDER = '/models/built-in/';
const CONTEXT = 512;
const request = (seed: number): CompletionRequest => ({
  prompt: `Here is a list of different tasks.\n\nTask 1: Name ${seed} kinds of birds.\nTask 2:`,
  maxTokens: 120,
  temperature: 0.5,
  topP: 0.9,
  frequencyPenalty: 0,
  presencePenalty: 0,
  stop: [],
  seed,
});

export async function measureRounds(plan: {
  readonly rounds: number;
  readonly requests: number;
  readonly parallel: number;
}): Promise<readonly Round[]> {
  const manifest = (await (await fetch(`${FOLDER}manifest.json`)).json()) as ModelManifest;
  const weights = await (await fetch(FOLDER + manifest.file)).blob();
  const bare = await openBare(weights, plan.parallel);
  const model = new LlamaModel(
    manifest,
    { gguf: weights },
    {
      wasmUrl: new URL(wasmUrl, location.href).href,
      threads: 1,
      parallel: plan.parallel,
      maxContext: CONTEXT,
      onGpu: false,
    },
  );
  await model.start();
  const never = new AbortController().signal;
  const ours: Ask = async (each) => {
    const listener = { text: () => undefined, retry: () => undefined };
    const { text, completionTokens } = await model.complete(each, never, listener);
    return { text, tokens: completionTokens };
  };
  const rounds: Round[] = [];
  // The first round warms up; which of both comes first changes from round to round.
  for (let round = 0; round <= plan.rounds; round++) {
    const seeds = Array.from({ length: plan.requests }, (_, i) => 1 + round * plan.requests + i);
    const bareFirst = round % 2 === 0;
    const first = await time(bareFirst ? bare : ours, seeds, plan.parallel);
    const second = await time(bareFirst ? ours : bare, seeds, plan.parallel);
    if (first.texts !== second.texts) throw new Error('Both did not compute the same.');
    if (round > 0) rounds.push(bareFirst ? { bare: first, ours: second } : { bare: second, ours: first });
  }
  model.dispose();
  return rounds;
}

/** Keeps `parallel` requests in flight, as the app does. */
async function time(
  ask: Ask,
  seeds: readonly number[],
  parallel: number,
): Promise<Measured & { readonly texts: string }> {
  const waiting = [...seeds.entries()];
  const texts: string[] = [];
  let tokens = 0;
  const begun = performance.now();
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const answer = await ask(request(next[1]));
      texts[next[0]] = answer.text;
      tokens += answer.tokens;
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return { tokens, seconds: (performance.now() - begun) / 1000, texts: texts.join('\n---\n') };
}

/** The library as its documentation shows it, with the settings that make it reproducible. */
async function openBare(weights: Blob, parallel: number): Promise<Ask> {
  const header = await readGgufHeader(weights);
  const logit_bias = brokenTextTokens(header).map((id): [number, false] => [id, false]) as never;
  const wllama = new Wllama({ default: new URL(wasmUrl, location.href).href }, { suppressNativeLog: true });
  wllama.setCompat(null);
  await wllama.loadModel([weights], {
    n_gpu_layers: 0,
    n_threads: 1,
    n_parallel: parallel,
    n_ctx: CONTEXT * parallel,
    n_ubatch: 32,
    kv_unified: false,
  });
  return async (each) => {
    let text = '';
    let tokens = 0;
    await wllama.createCompletion({
      prompt: each.prompt,
      max_tokens: each.maxTokens,
      temperature: each.temperature,
      top_p: each.topP,
      top_k: 0,
      min_p: 0,
      frequency_penalty: 0,
      presence_penalty: 0,
      seed: each.seed,
      stop: [],
      logit_bias,
      stream: true,
      onData: (chunk) => {
        text += chunk.choices[0]?.text ?? '';
        tokens = (chunk as { usage?: { completion_tokens: number } }).usage?.completion_tokens ?? tokens;
      },
    });
    return { text, tokens };
  };
}
