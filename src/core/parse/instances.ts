/** Parses inputs and outputs from a completion and rejects unusable ones (docs/ALGORITHM.md, section 4). */
import { repeatsInstruction } from '../filters/repetition';
import type { Random } from '../random';
import type { Switches } from '../run';
import type { DroppedInstance, Instance, InstanceRejectReason } from '../task';

/** How a completion with instances is parsed. */
export interface InstanceOptions {
  /** Of the task; a filter of our own compares the outputs with it. */
  readonly instruction: string;
  /** Classification tasks are written label first. */
  readonly outputFirst: boolean;
  readonly finishReason: 'stop' | 'length';
  readonly switches: Pick<
    Switches,
    'exampleSplit' | 'inputWithoutOutput' | 'emptyInputContradiction' | 'inputLabel' | 'repetitions'
  >;
  readonly maxInstances: number;
  /** Decides the coin of the switch `strip-half`. */
  readonly random: Random;
}

// Each optional part begins with its own character: two adjacent runs of spaces would backtrack quadratically.
const EXAMPLE_LINE = /(?:^|\n)[ \t]*Example(?:[ \t]*\d+)?(?:[ \t]*[.:])?[ \t]*(?=\n|$|Input|Output)/u;
const EXAMPLE_ANYWHERE = /Example\s?\d*\.?/u;
const LABEL = /(?:^|\n)[ \t]*Class label:/u;

/** Splits at each match of a pattern without capture groups, dropping empty parts. */
const splitParts = (text: string, pattern: RegExp): string[] =>
  text.split(pattern).filter((part) => part.trim() !== '');

function inputFirst(part: string, options: InstanceOptions): Instance {
  const at = part.indexOf('Output:');
  if (at < 0) {
    const input = stripInput(part);
    // Without an "Input:" label the whole part is an output.
    if (!/^\s*Input:/u.test(part) || options.switches.inputWithoutOutput === 'as-output') {
      return { input: '', output: input };
    }
    return { input, output: '' };
  }
  return { input: stripInput(part.slice(0, at)), output: part.slice(at + 'Output:'.length).trim() };
}

const stripInput = (text: string): string =>
  text
    .trim()
    .replace(/^Input:/u, '')
    .trim();

function outputFirst(part: string): Instance {
  const text = part.trim();
  const end = text.indexOf('\n');
  if (end < 0) return { input: '', output: text };
  return { input: stripInput(text.slice(end + 1)), output: text.slice(0, end).trim() };
}

/** The reference code removes a single "word:" before an input half of the time. */
function withoutLabel(instance: Instance, options: InstanceOptions): Instance {
  const label = /^\w+:/u.exec(instance.input);
  if (options.switches.inputLabel === 'keep' || !label || options.random.next() < 0.5) return instance;
  return { ...instance, input: instance.input.slice(label[0].length).trim() };
}

/** Reads the instances of a completion; those that are dropped carry their reason. */
export function parseInstances(
  text: string,
  options: InstanceOptions,
): { instances: Instance[]; dropped: DroppedInstance[] } {
  const pattern = options.outputFirst
    ? LABEL
    : options.switches.exampleSplit === 'line-start'
      ? EXAMPLE_LINE
      : EXAMPLE_ANYWHERE;
  // Text before the first label belongs to none.
  const start = options.outputFirst ? text.search(LABEL) : 0;
  const found = splitParts(start < 0 ? '' : text.slice(start), pattern)
    .map((part) => (options.outputFirst ? outputFirst(part) : inputFirst(part, options)))
    .map((instance) => withoutLabel(instance, options));

  const dropped: DroppedInstance[] = [];
  const drop = (instance: Instance, reason: InstanceRejectReason): void =>
    void dropped.push({ ...instance, reason });
  const last = options.finishReason === 'length' ? found.pop() : undefined;
  if (last) drop(last, 'unfinished');

  const valid = found.filter((instance) => {
    const reason = objection(instance, options);
    if (reason) drop(instance, reason);
    return !reason;
  });
  if (contradict(valid, options.outputFirst && options.switches.emptyInputContradiction === 'drop')) {
    for (const instance of valid) drop(instance, 'contradiction');
    return { instances: [], dropped };
  }
  const instances: Instance[] = [];
  const seen = new Set<string>();
  for (const instance of valid) {
    const key = JSON.stringify([instance.input, instance.output]);
    if (seen.has(key)) drop(instance, 'duplicate');
    else if (instances.length === options.maxInstances) drop(instance, 'over-limit');
    else instances.push(instance);
    seen.add(key);
  }
  return { instances, dropped };
}

function objection(
  instance: Instance,
  { instruction, switches }: InstanceOptions,
): InstanceRejectReason | null {
  const { input, output } = instance;
  if (output === '') return 'empty-output';
  if (input === output) return 'input-equals-output';
  if (input.endsWith(':') || output.endsWith(':')) return 'trailing-colon';
  const repeats = switches.repetitions === 'reject' && repeatsInstruction(instruction, instance);
  return repeats ? 'repeats-instruction' : null;
}

/** Whether the same input has two different outputs. */
function contradict(instances: readonly Instance[], emptyToo: boolean): boolean {
  const outputs = new Map<string, string>();
  for (const { input, output } of instances) {
    if (input === '' && !emptyToo) continue;
    const known = outputs.get(input);
    if (known !== undefined && known !== output) return true;
    outputs.set(input, output);
  }
  return false;
}
