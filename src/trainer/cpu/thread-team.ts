/** Threads that work on shares of a batch side by side: the trainer's own, and a worker for each one more. */
import type { Breathe } from '../learner';
import type { LoadedModel } from './load-model';
import type { ThreadPlan } from './model-plan';
import { openPass, runShare, type ShareJob, type ShareResult, type ThreadStart } from './share-job';
import type { SharePass } from './share-pass';

/** A worker and its place in the memory. */
interface Helper {
  readonly worker: Worker;
  readonly thread: ThreadPlan;
}

/** One call at a time. */
export class ThreadTeam {
  readonly #own: SharePass;
  readonly #first: ThreadPlan;
  readonly #helpers: readonly Helper[];

  constructor(
    { memory, plan, threads }: LoadedModel,
    private readonly breathe: Breathe,
  ) {
    const [first, ...others] = threads;
    this.#first = first as ThreadPlan;
    this.#own = openPass({ memory, plan, thread: this.#first });
    this.#helpers = others.map((thread) => {
      const worker = new Worker(new URL('./share.worker.ts', import.meta.url), {
        type: 'module',
        name: 'trainer share',
      });
      worker.postMessage({ memory, plan, thread } satisfies ThreadStart);
      return { worker, thread };
    });
  }

  get threads(): number {
    return 1 + this.#helpers.length;
  }

  /**
   * Does all jobs, as many at once as there are threads.
   * @param take gets each result in the order of the jobs, with the room of the thread that made it
   */
  async run(
    jobs: readonly ShareJob[],
    take: (result: ShareResult, index: number, thread: ThreadPlan) => void,
  ): Promise<void> {
    for (let at = 0; at < jobs.length; at += this.threads) {
      const [own, ...others] = jobs.slice(at, at + this.threads);
      const asked = others.map((job, i) => this.#ask(this.#helpers[i] as Helper, job));
      // They are waited for in any case: none may write while something else is computed.
      const answered = Promise.all(asked);
      let result: ShareResult;
      try {
        result = await this.#work(own as ShareJob);
      } finally {
        await answered.catch(() => undefined);
      }
      take(result, at, this.#first);
      for (const [i, answer] of (await answered).entries()) {
        take(answer, at + 1 + i, (this.#helpers[i] as Helper).thread);
      }
    }
  }

  dispose(): void {
    for (const { worker } of this.#helpers) worker.terminate();
  }

  async #work(job: ShareJob): Promise<ShareResult> {
    const work = runShare(this.#own, job);
    for (;;) {
      const step = work.next();
      if (step.done) return step.value;
      await this.breathe();
    }
  }

  #ask({ worker }: Helper, job: ShareJob): Promise<ShareResult> {
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<ShareResult>) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(job);
    });
  }
}
