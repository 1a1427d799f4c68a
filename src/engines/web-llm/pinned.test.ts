import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Prefix reuse reaches into this version. Another one must be read first (prefix-reuse.ts), then this test is changed. */
describe('the pinned web-llm', () => {
  const folder = new URL('../../../node_modules/@mlc-ai/web-llm/', import.meta.url);
  const source = readFileSync(new URL('lib/index.js', folder), 'utf8');
  const flat = source.replace(/\s+/gu, ' ');

  it('is the version that was read', () => {
    const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
      version: string;
    };
    expect(version).toBe('0.2.86');
  });
  it.each([
    [
      'empties its cache before each request, in this order',
      'this.resetKVCache(); this.filledKVCacheLength = 0;',
    ],
    ['resets before it continues a text', 'inputStr = input.prompt; pipeline.resetChat();'],
    [
      'makes tokens in one place',
      'const [inputData, legacyPromptLen, getEmbedSize] = yield this.getInputData();',
    ],
    ['takes the prompt’s length from there', 'promptLen = legacyPromptLen;'],
    ['counts what is in the cache', 'this.filledKVCacheLength += inputDataLen;'],
    [
      'reads the cache from its field at each step',
      'if (this.kvCache !== undefined) { states.push(this.kvCache); }',
    ],
    ['has pages of 16 tokens', 'const defaultPageSize = 16;'],
    ['makes its cache of five shapes', 'this.tvm.makeShapeTuple([this.slidingWindowSize != -1 ? 1 : 0])'],
    ['keeps pipelines by name', 'this.loadedModelIdToPipeline.set(modelId, newPipeline);'],
    [
      'tells probabilities after the temperature',
      'if (logprobs && top_logprobs > 0) { this.updateLogitsOnCPU(probs); }',
    ],
    ['cuts at the last place of a stop string', 'stopPos = outputMessage.lastIndexOf(stopStr);'],
    ['destroys the device when a buffer cannot be made', 'if (captured.length > 0) { device.destroy();'],
  ])('%s', (_, code) => expect(flat).toContain(code));
});
