import { openAsBlob, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkLlamaWeights, llamaTensors, readLlamaConfig } from './llama-config';
import { readSafetensors, writeSafetensors } from './safetensors';

const FOLDER = 'public/models/built-in/';
const builtIn = JSON.parse(readFileSync(`${FOLDER}config.json`, 'utf8')) as Record<string, unknown>;
const refuses = (change: Record<string, unknown>, words: RegExp): void => {
  expect(() => readLlamaConfig({ ...builtIn, ...change })).toThrow(
    expect.objectContaining({
      failure: { kind: 'bad-file', detail: expect.stringMatching(words) as string },
    }) as Error,
  );
};

describe('config.json', () => {
  it('of the built-in model, which its weights fit', async () => {
    const config = readLlamaConfig(builtIn);
    expect(config).toMatchObject({ heads: builtIn['num_attention_heads'], tiedEmbeddings: true, eosId: 0 });
    const weights = await readSafetensors(await openAsBlob(`${FOLDER}model.safetensors`));
    checkLlamaWeights(config, weights);
    expect([...llamaTensors(config).keys()].sort()).toEqual([...weights.tensors.keys()].sort());
  });

  it('old and new ways to say the same', () => {
    const rest = { ...builtIn, rope_theta: undefined, num_key_value_heads: undefined };
    const config = readLlamaConfig({
      ...rest,
      rope_parameters: { rope_theta: 5000, rope_type: 'default' },
      eos_token_id: [7, 8],
      bos_token_id: null,
      head_dim: 64,
    });
    expect(config).toMatchObject({ ropeTheta: 5000, eosId: 7, bosId: null, headSize: 64 });
    expect(config.kvHeads).toBe(config.heads);
    expect(readLlamaConfig(rest).ropeTheta).toBe(10_000);
  });

  it('of foreign models is refused with a reason', () => {
    refuses({ model_type: 'gpt2' }, /gpt2/);
    refuses({ model_type: undefined }, /nothing/);
    refuses({ hidden_act: 'gelu' }, /activation/);
    refuses({ attention_bias: true }, /biases/);
    refuses({ mlp_bias: 'yes' }, /biases/);
    refuses({ rope_scaling: { rope_type: 'llama3', factor: 32 } }, /rotary/);
    refuses({ rope_parameters: { rope_type: 'yarn' } }, /rotary/);
    refuses({ quantization_config: { bits: 4 } }, /quantised/);
    refuses({ vocab_size: 1e99 }, /vocab_size/);
    refuses({ hidden_size: -1 }, /hidden_size/);
    refuses({ num_hidden_layers: 2.5 }, /num_hidden_layers/);
    refuses({ hidden_size: 191 }, /heads do not match/);
    refuses({ num_key_value_heads: 4 }, /heads do not match/);
    refuses({ rms_norm_eps: 0 }, /rms_norm_eps/);
    refuses({ eos_token_id: 99_999_999 }, /not in the vocabulary/);
    for (const none of [null, 3, 'text', []]) expect(() => readLlamaConfig(none)).toThrow();
  });

  it('is held against the weights', async () => {
    const config = readLlamaConfig(builtIn);
    const all = [...llamaTensors(config)].map(([name, shape]) => ({
      name,
      shape,
      dtype: 'U8' as const,
      bytes: new Blob([new Uint8Array(shape.reduce((a, b) => a * b, 1))]),
    }));
    const read = async (tensors: typeof all) => readSafetensors(writeSafetensors(tensors));
    const fails = { failure: { kind: 'bad-file' } };
    await expect(read(all.slice(1)).then((file) => checkLlamaWeights(config, file))).rejects.toMatchObject(
      fails,
    );
    const other = { ...config, ffnSize: config.ffnSize + 1 };
    await expect(read(all).then((file) => checkLlamaWeights(other, file))).rejects.toMatchObject(fails);
    const bias = { ...all[1]!, name: 'model.layers.0.self_attn.q_proj.bias' };
    await expect(read([...all, bias]).then((file) => checkLlamaWeights(config, file))).rejects.toMatchObject(
      fails,
    );
  });
});
