/**
 * Would filters that look at an output help? For instances of the standard model that one reader marked as right or not:
 * whether the output repeats its instruction, how likely the model finds it, and whether it says the same when it is asked
 * again with three other seeds.
 *
 *   npm run bench -- instance-filters                       the table, from bench/instance-filters.labelled.json
 *   npm run bench -- instance-filters --ask FILE --into F   asks the model about instructions, one a line; mark F by hand
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../scripts/lib/project.mjs';
import { repeatsInstruction } from '../src/core/filters/repetition';
import { parseClassification } from '../src/core/parse/classification';
import { parseInstances } from '../src/core/parse/instances';
import { paperConfig, SWITCHES } from '../src/core/presets';
import { classificationPrompt } from '../src/core/prompts/classification-prompt';
import { instancePrompt } from '../src/core/prompts/instance-prompt';
import { deriveSeed, Random } from '../src/core/random';
import { rougeL } from '../src/core/similarity/rouge-l';
import { tokenize } from '../src/core/similarity/tokenize';
import type { Instance } from '../src/core/task';
import { LlamaEngine } from '../src/engines/llama/llama-engine';
import { standardModel } from '../src/testing/standard-model';
import { percent } from './percent';
import { table } from './table';

export const about = 'whether filters on outputs tell right ones from wrong ones, by marked instances';

interface Asked extends Instance {
  readonly instruction: string;
  /** Mean logarithm of a token's probability, and how much the instruction adds to it. */
  readonly likelihood: number;
  readonly gain: number;
  /** What it says when it is asked again. */
  readonly answers: readonly string[];
  /** By a reader; absent until then. */
  readonly right?: boolean;
}

const never = new AbortController().signal;
const ignore = (): void => undefined;
/** Seeds of the questions that are asked again. */
const AGAIN = [0, 1, 2];
const STOP = ['\nExample', '\n\n', '\nTask', '\nOutput', '\nInput'];

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({ args, options: { ask: { type: 'string' }, into: { type: 'string' } } });
  if (values.ask !== undefined) {
    await askAll(readFileSync(values.ask, 'utf8').split('\n').filter(Boolean), values.into ?? 'marks.jsonl');
    return { json: {}, text: '' };
  }
  const file = join(ROOT, 'bench', 'instance-filters.labelled.json');
  const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly Asked[];
  return { json: { rows: rows.length }, text: report(rows) };
}

async function askAll(instructions: readonly string[], into: string): Promise<void> {
  const limits = { maxContext: 2048, parallel: AGAIN.length };
  const engine = await LlamaEngine.load({ gguf: await standardModel() }, limits, ignore);
  if (!engine) throw new Error('The engine does not take the standard model.');
  for (const instruction of instructions) {
    for (const instance of await instancesOf(engine, instruction)) {
      appendFileSync(into, `${JSON.stringify(await asked(engine, instruction, instance))}\n`);
    }
  }
}

/** As a run asks for them. */
async function instancesOf(engine: LlamaEngine, instruction: string): Promise<readonly Instance[]> {
  const { decoding, classificationShots, instanceShots, maxInstances } = paperConfig(1, 1);
  const type = classificationPrompt(instruction, classificationShots);
  const typed = await engine.complete({ ...decoding.classification, ...type, seed: 1 }, never, ignore);
  const outputFirst = parseClassification(typed.text);
  const prompt = instancePrompt(instruction, outputFirst, instanceShots);
  const { text, finishReason } = await engine.complete(
    { ...decoding.instances, ...prompt, seed: 1 },
    never,
    ignore,
  );
  const how = { instruction, outputFirst, finishReason, switches: SWITCHES.ours, maxInstances };
  return parseInstances(text, { ...how, random: new Random(1) }).instances.slice(0, 2);
}

async function asked(engine: LlamaEngine, instruction: string, instance: Instance): Promise<Asked> {
  const { input, output } = instance;
  const promptFor = (text: string): string =>
    `${instancePrompt(text, false, 16).prompt}Example 1\n${input ? `Input: ${input}\n` : ''}Output:`;
  const meanOf = async (text: string): Promise<number> => {
    const { logProbability, tokens } = await engine.likelihood(
      { prompt: promptFor(text) },
      ` ${output}`,
      never,
    );
    return logProbability / tokens;
  };
  const likelihood = await meanOf(instruction);
  const without = await meanOf('Do it');
  const decoding = { maxTokens: 60, temperature: 0.7, topP: 0.9, frequencyPenalty: 0, presencePenalty: 0 };
  const prompt = promptFor(instruction);
  const answers = AGAIN.map(async (again) => {
    const request = { ...decoding, prompt, stop: STOP, seed: deriveSeed(7, instruction, '0', again) };
    return (await engine.complete(request, never, ignore)).text;
  });
  return {
    instruction,
    input,
    output,
    likelihood,
    gain: likelihood - without,
    answers: await Promise.all(answers),
  };
}

/** Mean ROUGE-L of the output to what it says when it is asked again. */
const agreement = ({ output, answers }: Asked): number => {
  const words = tokenize(output, 'unicode');
  const scores = answers.map((answer) => rougeL(words, tokenize(answer, 'unicode')).fmeasure);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
};

function report(rows: readonly Asked[]): string {
  const lowest = (score: (row: Asked) => number, share: number): ((row: Asked) => boolean) => {
    const bound = rows.map(score).sort((a, b) => a - b)[Math.floor(share * rows.length)] ?? -Infinity;
    return (row) => score(row) < bound;
  };
  const filters: readonly (readonly [string, (row: Asked) => boolean])[] = [
    ['none', () => false],
    ['repeats its instruction', (row) => repeatsInstruction(row.instruction, row)],
    ...[0.25, 0.5].flatMap((share) => {
      const least = `lowest ${100 * share} %`;
      return [
        [`likelihood, ${least}`, lowest(({ likelihood }) => likelihood, share)],
        [`likelihood by the instruction, ${least}`, lowest(({ gain }) => gain, share)],
        [`agreement of three answers, ${least}`, lowest(agreement, share)],
      ] as const;
    }),
  ];
  const wrong = rows.filter(({ right }) => !right).length;
  return table(
    ['filter', 'dropped', 'wrong among dropped', 'of all wrong', 'right lost', 'right among kept'],
    filters.map(([name, drops]) => {
      const dropped = rows.filter(drops);
      const bad = dropped.filter(({ right }) => !right).length;
      const right = rows.length - wrong - (dropped.length - bad);
      return [
        name,
        String(dropped.length),
        percent(bad, dropped.length),
        percent(bad, wrong),
        String(dropped.length - bad),
        percent(right, rows.length - dropped.length),
      ];
    }),
  );
}
