/** What the engines are measured against. Each answers highest score, ten nearest and mean for one text. */
import * as jsRouge from 'js-rouge';
import { NearestList } from '../src/core/similarity/pool-index';
import { fMeasure } from '../src/core/similarity/rouge-l';
import { tokenize } from '../src/core/similarity/tokenize';

export interface Answer {
  readonly scores: readonly number[];
  readonly members: readonly number[];
  readonly mean: number;
}

function answer(size: number, score: (member: number) => number): Answer {
  const nearest = new NearestList(10);
  let sum = 0;
  for (let member = 0; member < size; member++) {
    const value = score(member);
    sum += value;
    nearest.offer(value, member);
  }
  return { scores: nearest.scores, members: nearest.members, mean: sum / size };
}

/** Words as numbers, one row of the table that rolls: what a careful programmer writes first. */
export class InternedDp {
  readonly #numbers = new Map<string, number>();
  readonly #members: Int32Array[];
  readonly #row = new Int32Array(2000);
  constructor(pool: readonly string[]) {
    this.#members = pool.map((text) =>
      Int32Array.from(tokenize(text, 'ascii'), (word) => {
        const known = this.#numbers.get(word);
        if (known !== undefined) return known;
        this.#numbers.set(word, this.#numbers.size);
        return this.#numbers.size - 1;
      }),
    );
  }
  compare(text: string): Answer {
    const target = Int32Array.from(tokenize(text, 'ascii'), (word) => this.#numbers.get(word) ?? -1);
    return answer(this.#members.length, (i) => {
      const member = this.#members[i] as Int32Array;
      return fMeasure(this.#common(target, member), target.length, member.length);
    });
  }
  #common(a: Int32Array, b: Int32Array): number {
    const row = this.#row;
    row.fill(0, 0, b.length + 1);
    for (let i = 0; i < a.length; i++) {
      let diagonal = 0;
      const word = a[i];
      for (let j = 1; j <= b.length; j++) {
        const up = row[j] as number;
        const left = row[j - 1] as number;
        row[j] = word === b[j - 1] ? diagonal + 1 : up > left ? up : left;
        diagonal = up;
      }
    }
    return row[b.length] as number;
  }
}

/** rouge_score line by line: both texts are tokenized for every pair, the table is a list of lists. */
export class LiteralPort {
  constructor(private readonly pool: readonly string[]) {}
  compare(text: string): Answer {
    return answer(this.pool.length, (i) => LiteralPort.#score(text, this.pool[i] as string));
  }
  static #tokens(text: string): string[] {
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/gu, ' ')
      .split(/\s+/u)
      .filter((token) => token !== '');
  }
  static #score(target: string, prediction: string): number {
    const a = LiteralPort.#tokens(target);
    const b = LiteralPort.#tokens(prediction);
    const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
    for (let i = 1; i <= a.length; i++) {
      const above = table[i - 1] as number[];
      const row = table[i] as number[];
      for (let j = 1; j <= b.length; j++) {
        row[j] =
          a[i - 1] === b[j - 1]
            ? (above[j - 1] as number) + 1
            : Math.max(above[j] as number, row[j - 1] as number);
      }
    }
    return fMeasure(table[a.length]?.[b.length] ?? 0, a.length, b.length);
  }
}

/** The npm package with its defaults. It follows another definition: its scores are not compared with ours. */
export class JsRouge {
  constructor(private readonly pool: readonly string[]) {}
  compare(text: string): Answer {
    return answer(this.pool.length, (i) => jsRouge.l(text, this.pool[i] as string));
  }
}
