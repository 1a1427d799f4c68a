/** All answers of the open evaluation in memory: by model, and by place of the task. */
import type { Answer } from '../../core/evaluation/evaluation';

/** Answers by place of the task. */
export type Answers = readonly (Answer | undefined)[];

const NONE: Answers = [];

export class AnswerBook {
  readonly #byModel = new Map<string, { readonly answers: (Answer | undefined)[]; count: number }>();

  /** @param tasks places there are */
  constructor(private readonly tasks: number) {}

  of(key: string): Answers {
    return this.#byModel.get(key)?.answers ?? NONE;
  }
  count(key: string): number {
    return this.#byModel.get(key)?.count ?? 0;
  }
  put(answer: Answer): void {
    const index = Number(answer.id.slice(answer.id.lastIndexOf('-') + 1));
    if (!(index < this.tasks)) return;
    const known = this.#byModel.get(answer.modelKey);
    const sheet = known ?? { answers: new Array<undefined>(this.tasks).fill(undefined), count: 0 };
    if (!known) this.#byModel.set(answer.modelKey, sheet);
    if (!sheet.answers[index]) sheet.count++;
    sheet.answers[index] = answer;
  }
  drop(key: string): void {
    this.#byModel.delete(key);
  }
}
