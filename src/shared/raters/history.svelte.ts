/** What was done, newest last, so that it can be undone step by step. */
export class History<Step> {
  #steps = $state.raw<readonly Step[]>([]);

  get last(): Step | undefined {
    return this.#steps.at(-1);
  }
  push(step: Step): void {
    this.#steps = [...this.#steps, step];
  }
  clear(): void {
    this.#steps = [];
  }
  /**
   * Removes the newest step and restores what was before it. The step comes back when restoring fails.
   * @throws what `restore` throws
   */
  async undo(restore: (step: Step) => Promise<void>): Promise<void> {
    const step = this.last;
    if (step === undefined) return;
    this.#steps = this.#steps.slice(0, -1);
    try {
      await restore(step);
    } catch (error) {
      this.push(step);
      throw error;
    }
  }
}
