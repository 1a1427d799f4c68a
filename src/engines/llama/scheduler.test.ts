import { describe, expect, it } from 'vitest';
import { paperConfig, SWITCHES } from '../../core/presets';
import { classificationPrompt } from '../../core/prompts/classification-prompt';
import { instancePrompt } from '../../core/prompts/instance-prompt';
import { instructionPrompt } from '../../core/prompts/instruction-prompt';
import { Random } from '../../core/random';
import { tinySeeds } from '../../testing/tiny-pool';
import type { LlamaWasm } from './llama-wasm';
import { type PromptFigures, Scheduler } from './scheduler';

const CONTEXT = 2048;
/** Of the standard model, so that as many beginnings fit into the memory as there. */
const PAGE_BYTES = 1_520_640;
const never = new AbortController().signal;

/** Counts rows and computes nothing. Pages have addresses, but no memory. */
function counting(): { readonly wasm: LlamaWasm; rows: () => number } {
  const memory = new WebAssembly.Memory({ initial: 2 });
  let lists = 65_536;
  let pages = 1 << 24;
  let rows = 0;
  const wasm: Partial<LlamaWasm> = {
    memory,
    reserve: (bytes) => (bytes === PAGE_BYTES ? (pages += bytes) : (lists += bytes)) - bytes,
    pageBytes: () => PAGE_BYTES,
    rowTable: () => 1024,
    step(count) {
      rows += count;
      return 4096;
    },
  };
  return { wasm: wasm as LlamaWasm, rows: () => rows };
}

/** A token for each word: enough to tell where prompts differ. */
const tokensOf = (text: string): number[] =>
  text
    .split(/(?<=\s)/u)
    .map((word) => Array.from(word).reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) | 0, 7));

interface Asked {
  readonly prompt: string;
  readonly completion: number;
}
/** What a run of the paper's settings asks for so many tasks: an instruction request for every four of them. */
function asked(tasks: number): Asked[] {
  const { classificationShots, instanceShots } = paperConfig(1, tasks);
  const random = new Random(1);
  const seeds = tinySeeds();
  return Array.from({ length: tasks }, (_, i) => {
    const text = `Write ${i} words about number ${i * i}.`;
    const list = instructionPrompt(random.sample(seeds, 8), false, SWITCHES.ours);
    return [
      ...(i % 4 === 0 ? [{ prompt: list.prompt, completion: 300 }] : []),
      { prompt: classificationPrompt(text, classificationShots).prompt, completion: 2 },
      { prompt: instancePrompt(text, i % 5 === 0, instanceShots).prompt, completion: 40 },
    ];
  }).flat();
}

/** Asks all in order, so many at once. */
async function computed(
  requests: readonly Asked[],
  parallel: number,
): Promise<{ readonly figures: PromptFigures[]; readonly rows: number; readonly written: number }> {
  const { wasm, rows } = counting();
  const scheduler = new Scheduler(wasm, 8, CONTEXT, parallel);
  const waiting = [...requests];
  const figures: PromptFigures[] = [];
  let written = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      let left = next.completion;
      const take = (): number | null => (--left > 0 ? -left : null);
      figures.push(await scheduler.compute(tokensOf(next.prompt), never, take));
      // The last token of a completion is not computed: nothing follows it.
      written += next.completion - 1;
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return { figures, rows: rows(), written };
}

const sum = (figures: readonly PromptFigures[], key: keyof PromptFigures): number =>
  figures.reduce((total, one) => total + one[key], 0);

describe.each([1, 2, 4])('a run with %i requests at once', (parallel) => {
  it('computes 31 and 16 examples once, and tells what it computed', async () => {
    const requests = asked(60);
    const { figures, rows, written } = await computed(requests, parallel);
    const evaluated = sum(figures, 'promptTokens') - sum(figures, 'cachedTokens');
    expect(rows).toBe(evaluated + written);
    // Without what they have in common: type, and instances in both orders.
    const beginnings = [
      classificationPrompt('', 31).prompt,
      instancePrompt('', false, 16).prompt,
      instancePrompt('', true, 16).prompt,
    ];
    const own = requests.reduce((total, { prompt }) => {
      const tokens = tokensOf(prompt);
      const known = beginnings.map((text) => common(tokens, tokensOf(text)));
      return total + tokens.length - Math.max(...known);
    }, 0);
    const once = beginnings.reduce((total, text) => total + tokensOf(text).length, 0);
    expect(evaluated).toBeLessThanOrEqual(own + once);
    expect(evaluated * 5).toBeLessThan(sum(figures, 'promptTokens'));
  });

  it('computes a beginning once for requests that come together', async () => {
    const together = Array.from({ length: parallel }, (_, i) => ({
      prompt: classificationPrompt(`Sing song ${i}.`, 31).prompt,
      completion: 1,
    }));
    const { rows } = await computed(together, parallel);
    const [first] = together;
    expect(rows).toBeLessThanOrEqual(tokensOf(first!.prompt).length + 10 * parallel);
  });
});

it('computes a beginning for the next one when the first is stopped half way', async () => {
  const { wasm, rows } = counting();
  const scheduler = new Scheduler(wasm, 8, CONTEXT, 2);
  const prompt = tokensOf(classificationPrompt('Sing.', 31).prompt);
  const controller = new AbortController();
  const stopped = scheduler.compute(
    prompt,
    controller.signal,
    () => null,
    () => controller.abort(),
  );
  const other = scheduler.compute([...prompt, 1], never, () => null);
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(await other).toMatchObject({ promptTokens: prompt.length + 1 });
  expect(rows()).toBe(prompt.length + 1);
});

function common(a: readonly number[], b: readonly number[]): number {
  const end = a.findIndex((token, i) => token !== b[i]);
  return end < 0 ? a.length : end;
}
