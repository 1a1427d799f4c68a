/**
 * A stream of instructions like those that a model writes: openings and skeletons of the project's own seed and user
 * tasks with their nouns exchanged, clauses of their texts joined on, lengths as published (mean 15.9 words, standard
 * deviation about 10.6), and near-duplicates of earlier ones. Rare words that 640 tasks cannot have are made of
 * syllables. The same seed gives the same stream.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/core/random';
import type { SeedTask } from '../src/core/task';

const FILES = ['seed_tasks', 'user_tasks', 'simple_seed_tasks', 'simple_user_tasks'];
const STOP_WORDS = 160;
const PHRASES = 40_000;
const RARE_WORDS = 60_000;
const LONGEST = 150;
const CONNECTIVES = (
  'and then|so that|based on|such as|that can|for|with|in order to|about|using|to|from|which is|and|when|because|' +
  'of the|in the|by|as well as|including|given|on how to|while'
).split('|');
const DETERMINERS = 'the|a|the given|your|this|some|any|an|each|the following'.split('|');
const SYLLABLES =
  'ba be bo ca ce da di do el en fa fi ga go ha hi ja ka la li lo ma mi mo na ne no or pa po ra ri ro sa se so ta te to ul va ve wi za'.split(
    ' ',
  );

const wordsOf = (text: string): string[] => text.match(/[A-Za-z0-9'-]+/gu) ?? [];

export class InstructionTexts {
  readonly #random: Random;
  readonly #written: string[] = [];
  readonly #sentences: string[];
  readonly #skeletons: (string | null)[][] = [];
  readonly #openings: (string | null)[][];
  readonly #clauses: string[] = [];
  readonly #phrases: string[] = [];
  readonly #content: string[];
  readonly #rare: string[];

  /** @param duplicates share of texts that are an earlier one with some words changed */
  constructor(
    seed: number,
    private readonly duplicates: number,
  ) {
    this.#random = new Random(seed);
    const tasks = FILES.flatMap((name) =>
      readFileSync(fileURLToPath(new URL(`../seeds/${name}.jsonl`, import.meta.url)), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Pick<SeedTask, 'instruction' | 'instances'>),
    );
    const instructions = tasks.map((task) => task.instruction);
    const texts = tasks.flatMap((task) => [
      task.instruction,
      ...task.instances.flatMap(({ input, output }) => [input, output]),
    ]);
    this.#sentences = texts
      .flatMap((text) => text.split(/(?<=[.?!])\s+|\n+/u))
      .filter((sentence) => wordsOf(sentence).length >= 4);
    const counts = new Map<string, number>();
    for (const word of texts.flatMap(wordsOf)) {
      const lower = word.toLowerCase();
      counts.set(lower, (counts.get(lower) ?? 0) + 1);
    }
    const ranked = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([word]) => word);
    const stop = new Set(ranked.slice(0, STOP_WORDS));
    this.#content = ranked.slice(STOP_WORDS).filter((word) => word.length > 2);
    this.#rare = Array.from({ length: RARE_WORDS }, () =>
      Array.from({ length: 2 + this.#random.below(3) }, () => this.#pick(SYLLABLES)).join(''),
    );
    this.#readPhrases(stop);
    this.#readSkeletons(instructions, stop);
    this.#openings = this.#skeletons.flatMap((skeleton) =>
      [3, 4, 5, 6].filter((length) => skeleton.length >= length).map((length) => skeleton.slice(0, length)),
    );
    this.#written.push(...instructions);
  }

  /** The next text; the first ones are the tasks' own instructions. */
  next(at: number): string {
    const known = this.#written[at];
    if (known !== undefined) return known;
    const repeat = this.#random.next() < this.duplicates;
    const draft = repeat ? this.#change(this.#pick(this.#written)) : this.#write();
    const text = draft.charAt(0).toUpperCase() + draft.slice(1);
    this.#written.push(text);
    return text;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
  /** Low ranks far more often than high ones. */
  #pickRanked<T>(items: readonly T[], power: number): T {
    return items[Math.floor(items.length * this.#random.next() ** power)] as T;
  }
  #word(): string {
    return this.#random.next() < 0.85
      ? this.#pickRanked(this.#content, 2)
      : this.#pickRanked(this.#rare, 2.5);
  }
  #phrase(): string {
    if (this.#random.next() < 0.7) return this.#pickRanked(this.#phrases, 2.5);
    return Array.from({ length: this.#pick([1, 1, 2, 2, 3]) }, () => this.#word()).join(' ');
  }

  #readPhrases(stop: ReadonlySet<string>): void {
    const counts = new Map<string, number>();
    for (const sentence of this.#sentences) {
      let run: string[] = [];
      for (const word of [...wordsOf(sentence), 'the']) {
        if (!stop.has(word.toLowerCase())) {
          run.push(word.toLowerCase());
          continue;
        }
        if (run.length >= 1 && run.length <= 3)
          counts.set(run.join(' '), (counts.get(run.join(' ')) ?? 0) + 1);
        run = [];
      }
    }
    this.#phrases.push(
      ...[...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([phrase]) => phrase),
    );
    while (this.#phrases.length < PHRASES) this.#phrases.push(`${this.#word()} ${this.#word()}`);
    for (const sentence of this.#sentences) {
      const words = sentence.split(/\s+/u);
      for (let i = 0; i + 3 < words.length; i += 4) {
        this.#clauses.push(words.slice(i, i + 3 + this.#random.below(7)).join(' '));
      }
    }
  }

  /** Instructions with a hole where their own words were. */
  #readSkeletons(instructions: readonly string[], stop: ReadonlySet<string>): void {
    const shared = new Map<string, number>();
    for (const text of instructions)
      for (const word of new Set(wordsOf(text.toLowerCase()))) shared.set(word, (shared.get(word) ?? 0) + 1);
    for (const text of instructions) {
      const skeleton: (string | null)[] = [];
      for (const word of text.split(/\s+/u)) {
        const key = word.toLowerCase().replace(/[^a-z0-9'-]/gu, '');
        if (!key || stop.has(key) || (shared.get(key) ?? 0) >= 3) skeleton.push(word);
        else if (skeleton.at(-1) !== null) skeleton.push(null);
      }
      if (skeleton.length >= 3) this.#skeletons.push(skeleton);
    }
  }

  #fill(skeleton: readonly (string | null)[]): string[] {
    return skeleton.flatMap((word) => (word ?? this.#phrase()).split(' '));
  }

  /** Words of an instruction: log-normal. */
  #length(): number {
    const spread = Math.log(1 + (10.6 / 15.2) ** 2);
    for (;;) {
      const normal =
        Math.sqrt(-2 * Math.log(1 - this.#random.next())) * Math.cos(2 * Math.PI * this.#random.next());
      const length = Math.round(Math.exp(Math.log(15.2) - spread / 2 + Math.sqrt(spread) * normal));
      if (length >= 4 && length <= LONGEST) return length;
    }
  }

  #write(): string {
    const length = this.#length();
    const start = this.#random.next();
    let words: string[];
    if (start < 0.1) words = this.#pick(this.#sentences).split(/\s+/u);
    else if (start < 0.55) words = this.#fill(this.#pickRanked(this.#skeletons, 1.6));
    else
      words = [...this.#fill(this.#pickRanked(this.#openings, 1.6)), this.#pick(DETERMINERS), this.#phrase()];
    while (words.length < length) {
      const more = this.#random.next();
      if (more < 0.45) words.push(this.#pick(CONNECTIVES), this.#pick(DETERMINERS), this.#phrase());
      else if (more < 0.75) words.push(this.#pick(CONNECTIVES), this.#pick(this.#clauses));
      else {
        words.push(`${(words.pop() ?? '').replace(/[.?!,:]*$/u, '')}.`);
        words.push(...this.#fill(this.#pickRanked(this.#skeletons, 1.6)));
      }
      words = words.join(' ').split(' ');
    }
    return words.slice(0, Math.max(length, 4)).join(' ');
  }

  #change(text: string): string {
    const words = text.split(' ');
    const changes = 1 + Math.floor(this.#random.next() * Math.max(1, 0.3 * words.length));
    for (let i = 0; i < changes; i++) {
      const at = this.#random.below(words.length);
      const kind = this.#random.next();
      if (kind < 0.6) words.splice(at, 1, ...this.#phrase().split(' ').slice(0, 2));
      else if (kind < 0.8) words.splice(at, 0, this.#word());
      else if (words.length > 4) words.splice(at, 1);
    }
    return words.slice(0, LONGEST).join(' ');
  }
}
