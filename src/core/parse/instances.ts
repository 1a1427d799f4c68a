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
    | 'exampleSplit'
    | 'inputWithoutOutput'
    | 'emptyInputContradiction'
    | 'inputLabel'
    | 'repetitions'
    | 'exampleMarks'
    | 'secondMark'
    | 'unmarked'
    | 'labelledInput'
  >;
  readonly maxInstances: number;
  /** Decides the coin of the switch `strip-half`. */
  readonly random: Random;
}

// Each optional part begins with its own character: two adjacent runs of spaces would backtrack quadratically.
const EXAMPLE_LINE = /(?:^|\n)[ \t]*Example(?:[ \t]*\d+)?(?:[ \t]*[.:])?[ \t]*(?=\n|$|Input|Output)/u;
const EXAMPLE_ANYWHERE = /Example\s?\p{Nd}*\.?/u;
const LABEL_LINE = /(?:^|\n)[ \t]*Class label:/u;
const LABEL_ANYWHERE = /Class label:/u;
const MARKS = {
  plain: { input: /Input:/u, output: /Output:/u },
  numbered: { input: /Input\s*(?:\p{Nd}+\s*)?:/u, output: /Output\s*(?:\p{Nd}+\s*)?:/u },
};
/** An output may speak of outputs; only a line that begins with a mark starts another one. */
const NEXT_MARK = /\n[ \t]*(?:Input|Output):/u;

/** The text before and after the first match; null when there is none. */
function cutAt(text: string, pattern: RegExp): readonly [string, string] | null {
  const match = pattern.exec(text);
  return match && [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

function inputFirst(part: string, { switches }: InstanceOptions): Instance {
  const marks = MARKS[switches.exampleMarks ?? 'plain'];
  const end = switches.secondMark ?? 'text';
  const cut = cutAt(part, marks.output);
  const input = withoutMark(cut ? cut[0] : part, marks.input);
  if (!cut) {
    // Without an "Input:" label the whole part is an output.
    if (!startsWith(part, marks.input)) {
      return { input: '', output: end === 'end' ? (cutAt(input, marks.input)?.[0] ?? input).trim() : input };
    }
    return switches.inputWithoutOutput === 'as-output' ? { input: '', output: input } : { input, output: '' };
  }
  const [, rest] = cut;
  if (end === 'text') return { input, output: rest.trim() };
  if (end === 'complete') return { input, output: (cutAt(rest, NEXT_MARK)?.[0] ?? rest).trim() };
  const output = cutAt(rest, marks.output)?.[0] ?? rest;
  return { input, output: (cutAt(output, marks.input)?.[0] ?? output).trim() };
}

/** Whether another output or input follows in an example, so that its own was whole. */
function isComplete(part: string, { switches, outputFirst: labels }: InstanceOptions): boolean {
  if (labels || switches.secondMark !== 'complete') return false;
  const cut = cutAt(part, MARKS[switches.exampleMarks ?? 'plain'].output);
  return cut !== null && NEXT_MARK.test(cut[1]);
}

const startsWith = (text: string, mark: RegExp): boolean => text.trim().search(mark) === 0;
/** The text without a mark at its start. */
const withoutMark = (text: string, mark: RegExp): string =>
  startsWith(text, mark) ? text.trim().replace(mark, '').trim() : text.trim();

function outputFirst(part: string, { switches }: InstanceOptions): Instance {
  const text = part.trim();
  const end = text.indexOf('\n');
  if (end < 0) return { input: '', output: text };
  const input = text.slice(end + 1);
  return {
    input: switches.labelledInput === 'keep' ? input.trim() : withoutMark(input, MARKS.plain.input),
    output: text.slice(0, end).trim(),
  };
}

/** The examples of a completion, in order; null when it has no mark and the switches ask for one. */
function partsOf(text: string, { outputFirst: labels, switches }: InstanceOptions): string[] | null {
  const anywhere = switches.exampleSplit === 'anywhere';
  if (labels) {
    // Text before the first label belongs to none.
    const [, ...parts] = text.split(anywhere ? LABEL_ANYWHERE : LABEL_LINE);
    return anywhere ? parts : parts.filter(hasText);
  }
  const example = anywhere ? EXAMPLE_ANYWHERE : EXAMPLE_LINE;
  const { output } = MARKS[switches.exampleMarks ?? 'plain'];
  if (switches.unmarked === 'drop' && !example.test(text) && !output.test(text)) return null;
  return text.split(example).filter(hasText);
}
const hasText = (part: string): boolean => part.trim() !== '';

/** Reads the instances of a completion; those that are dropped carry their reason. */
export function parseInstances(
  text: string,
  options: InstanceOptions,
): { instances: Instance[]; dropped: DroppedInstance[] } {
  const dropped: DroppedInstance[] = [];
  const drop = (instance: Instance, reason: InstanceRejectReason): void =>
    void dropped.push({ ...instance, reason });
  const parts = partsOf(text, options);
  if (parts === null && hasText(text)) drop({ input: '', output: text.trim() }, 'no-mark');
  const read = options.outputFirst ? outputFirst : inputFirst;
  const found = (parts ?? []).map((part) => read(part, options));
  const isCut = options.finishReason === 'length' && !isComplete(parts?.at(-1) ?? '', options);
  const last = isCut ? found.pop() : undefined;
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
  return { instances: instances.map((instance) => withoutLabel(instance, options)), dropped };
}

/** The reference code takes a field name off an input with one, and blank lines, half of the time, after all its filters. */
function withoutLabel(instance: Instance, { switches, random }: InstanceOptions): Instance {
  if (switches.inputLabel === 'keep' || random.next() < 0.5) return instance;
  const { input } = instance;
  const names = new Set(Array.from(input.matchAll(/([\p{L}\p{N}_]+):/gu), ([, name]) => name));
  const text = names.size === 1 ? input.slice(input.indexOf(':') + 1).trim() : input;
  return { ...instance, input: text.replaceAll('\n\n', '\n') };
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
