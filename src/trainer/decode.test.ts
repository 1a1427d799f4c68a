import { blockUntilReady, numpy as np } from '@jax-js/jax';
import { expect, it } from 'vitest';
import { randomLlama } from '../testing/random-llama';
import { readSafetensors } from '../weights/safetensors';
import { decodeGreedily } from './decode';
import { type Tensor } from './llama';
import { StepRunner } from './step';
import { TrainableLlama } from './trainable-llama';

/** The most likely next token by the forward pass of training, without any cache. */
async function nextToken(runner: StepRunner, ids: readonly number[]): Promise<number> {
  const { model, ends, layer } = runner;
  const { config } = model;
  const tokens = np.array(Int32Array.from(ids), { shape: [1, ids.length], dtype: np.int32 });
  let x: Tensor = ends.embed(model.ends.embed.ref, tokens);
  const rotary = runner.rotary(ids.length);
  for (let i = 0; i < config.layers; i++) {
    const own = Object.fromEntries(
      Object.entries(model.layer(i)).map(([name, tensor]) => [name, tensor.ref]),
    );
    const table = { cos: rotary.cos.ref, sin: rotary.sin.ref };
    x = layer.forward(own as ReturnType<typeof model.layer>, {}, x, table);
    await blockUntilReady(x);
  }
  const last = x.slice(0, [ids.length - 1, ids.length]);
  const logits = await ends.logits(last, model.ends.norm.ref, model.ends.output.ref).data();
  return logits.indexOf(Math.max(...logits));
}

it('greedy answers with a cache are those without, for prompts of different lengths side by side', async () => {
  const { config, file } = randomLlama({}, { spread: 0.15 });
  const model = await TrainableLlama.load(config, await readSafetensors(file()), { kind: 'full' }, 1);
  const runner = new StepRunner(model, 0, () => Promise.resolve());
  const prompts = [[5, 9, 33], [7], [90, 2, 2, 41, 8]];
  const endId = 0;
  const answers = await decodeGreedily(runner, prompts, { maxNewTokens: 6, endId }, () => Promise.resolve());
  for (const [row, prompt] of prompts.entries()) {
    const ids = [...prompt];
    const wanted: number[] = [];
    while (wanted.length < 6) {
      const id = await nextToken(runner, ids);
      if (id === endId) break;
      wanted.push(id);
      ids.push(id);
    }
    expect(answers[row]).toEqual(wanted);
  }
  // Nothing is written behind the end of the context.
  const long = Array.from({ length: config.contextLength - 2 }, (_, i) => 1 + (i % 90));
  const [short] = await decodeGreedily(runner, [long], { maxNewTokens: 6, endId }, () => Promise.resolve());
  expect(short?.length).toBeLessThanOrEqual(2);
  runner.dispose();
  model.dispose();
}, 60_000);
