/** The preset `reference` beside the public code: `reference-code.golden.json` is by its functions (`scripts/verify`). */
import { describe, expect, it } from 'vitest';
import { encodeRow, encodingOf } from '../dataset/encode';
import { checkInstruction, filterOptions } from '../filters/instruction-filters';
import { SWITCHES } from '../presets';
import { Random } from '../random';
import golden from './reference-code.golden.json';
import { parseInstances } from './instances';
import { draftsOf } from './instructions';

const { reference, ours } = SWITCHES;
type Finish = 'stop' | 'length';
/** Completion, why it ended, the instructions that the public code keeps before it compares them. */
const lists = golden.lists as unknown as readonly (readonly [string, Finish, readonly string[]])[];
/** Completion, why it ended, whether label first, its pairs in any order, and their inputs without a lone field name. */
const completions = golden.completions as unknown as readonly (readonly [
  string,
  Finish,
  boolean,
  readonly (readonly [string, string])[],
  readonly string[],
])[];
/** Instruction, input, output, and every prompt and completion that may be drawn for them. */
const encoded = golden.encoded as unknown as readonly (readonly [
  string,
  string,
  string,
  readonly (readonly [string, string])[],
])[];

/** A coin that always falls on one side. */
class Coin extends Random {
  constructor(private readonly strips: boolean) {
    super(1);
  }
  override next(): number {
    return this.strips ? 0.9 : 0.1;
  }
}
const sorted = (pairs: readonly (readonly [string, string])[]): string[] =>
  pairs.map((pair) => JSON.stringify(pair)).sort();

function kept(text: string, finishReason: Finish, switches = reference): string[] {
  return draftsOf({ text, finishReason }, switches)
    .filter(
      ({ reason, text: draft }) => reason === null && !checkInstruction(draft, filterOptions({ switches })),
    )
    .map(({ text: draft }) => draft);
}
function pairs(at: number, strips: boolean, switches = reference): (readonly [string, string])[] {
  const [text, finishReason, outputFirst] = completions[at] ?? ['', 'stop', false];
  const options = { outputFirst, finishReason, switches, maxInstances: 99, instruction: 'Do it.' };
  const { instances } = parseInstances(text, { ...options, random: new Coin(strips) });
  return instances.map(({ input, output }) => [input, output]);
}

describe('preset reference, beside the public code', () => {
  it(`keeps the same instructions of ${lists.length} lists`, () => {
    for (const [text, reason, wanted] of lists) expect(kept(text, reason), text).toEqual(wanted);
  });
  it(`reads the same instances from ${completions.length} completions`, () => {
    for (const [at, [text, , , wanted]] of completions.entries()) {
      expect(sorted(pairs(at, false)), text).toEqual(sorted(wanted));
    }
  });
  it('takes the same field names off inputs, where the coin says so', () => {
    for (const [at, [text, , , wanted, inputs]] of completions.entries()) {
      const stripped = wanted.map(([, output], i) => [inputs[i] ?? '', output] as const);
      expect(sorted(pairs(at, true)), text).toEqual(sorted(stripped));
    }
  });
  it('encodes rows in the same layouts, and draws each of them', () => {
    for (const [instruction, input, output, wanted] of encoded) {
      const row = { instruction, input, output, isClassification: false };
      const drawn = new Map(
        Array.from({ length: 300 }, (_, i) => {
          const example = encodeRow({ ...row, id: String(i) }, 1, encodingOf(reference));
          const pair: [string, string] = [example.prompt, example.completion];
          return [JSON.stringify(pair), pair] as const;
        }),
      );
      expect(sorted([...drawn.values()])).toEqual(sorted(wanted));
    }
  });
  it('each switch of ours matters: with one of them something else is read', () => {
    const readAll = (switches: typeof reference): string =>
      JSON.stringify([
        lists.map(([text, reason]) => kept(text, reason, switches)),
        completions.map((_, at) => pairs(at, true, switches)),
        encoded.map(([instruction, input, output], i) =>
          encodeRow(
            { id: String(i), instruction, input, output, isClassification: false },
            1,
            encodingOf(switches),
          ),
        ),
      ]);
    const same = readAll(reference);
    for (const name of [
      ...(['instructionCase', 'unfinished', 'listSplit', 'listForm', 'statements'] as const),
      ...(['exampleSplit', 'emptyInputContradiction', 'inputLabel', 'exampleMarks', 'secondMark'] as const),
      ...(['unmarked', 'labelledInput', 'layoutEnd', 'completionStart'] as const),
    ]) {
      expect(readAll({ ...reference, [name]: ours[name] }), name).not.toBe(same);
    }
  });
});
