/**
 * What is known of the GPU for GGUF models: whether the user wants it used, the CPU's answers (a GPU must give the same
 * before it is trusted), and on which models it failed. Stored in settings.
 */
import * as v from 'valibot';
import type { AnswerPlace } from '../core/models/answer-places';
import type { GpuFacts } from '../core/models/device-report';
import type { SettingStore } from '../core/ports';

const SWITCH = 'gguf-on-graphics';
const FAILED = 'graphics-failures';
const Failures = v.array(v.string());
const Answer = v.array(
  v.object({
    token: v.number(),
    likely: v.array(v.object({ token: v.number(), probability: v.number() })),
  }),
);

export class GpuTrust {
  #fitting: Promise<GpuFacts | null> | null = null;

  /**
   * @param find the GPU that llama.cpp can use; null where there is none
   * @param engine name and version of the engine: another one is tested again
   */
  constructor(
    private readonly settings: SettingStore,
    private readonly find: () => Promise<GpuFacts | null>,
    private readonly engine: string,
  ) {}

  /** The GPU that llama.cpp can use; looked up once, because a page keeps its GPU. */
  fitting(): Promise<GpuFacts | null> {
    return (this.#fitting ??= this.find().catch(() => null));
  }

  /** Whether the user wants it used: yes unless switched off, also when the store cannot be read. */
  async isOn(): Promise<boolean> {
    return (await this.#read(SWITCH)) !== false;
  }

  /** Switching it on lets failed models be tried again. @throws AppError of the store */
  async setOn(on: boolean): Promise<void> {
    await this.settings.saveSetting(SWITCH, on);
    if (on) await this.settings.saveSetting(FAILED, []);
  }

  /** The GPU to use; null where there is none or the user does not want it. */
  async used(): Promise<GpuFacts | null> {
    const gpu = await this.fitting();
    return gpu !== null && (await this.isOn()) ? gpu : null;
  }

  /** Whether a model failed on it before. */
  async hasFailed(modelHash: string, gpu: GpuFacts): Promise<boolean> {
    return failuresIn(await this.#read(FAILED)).includes(this.#key(modelHash, gpu));
  }

  async noteFailure(modelHash: string, gpu: GpuFacts): Promise<void> {
    const key = this.#key(modelHash, gpu);
    // What cannot be saved is found out again.
    await this.settings
      .changeSetting(FAILED, (stored: unknown) => [...new Set([...failuresIn(stored), key])])
      .catch(() => undefined);
  }

  /** The CPU's answer with this model; null when it is not known yet. */
  async cpuAnswer(modelHash: string): Promise<readonly AnswerPlace[] | null> {
    const checked = v.safeParse(Answer, await this.#read(this.#answerOf(modelHash)));
    return checked.success ? checked.output : null;
  }

  keepCpuAnswer(modelHash: string, answer: readonly AnswerPlace[]): Promise<void> {
    return this.#keep(this.#answerOf(modelHash), answer);
  }

  #read(key: string): Promise<unknown> {
    return this.settings.setting(key).catch(() => undefined);
  }

  /** Saves a value; what cannot be saved is determined again. */
  #keep(key: string, value: unknown): Promise<void> {
    return this.settings.saveSetting(key, value).catch(() => undefined);
  }

  #answerOf(modelHash: string): string {
    return `processor-answer:${modelHash} ${this.engine}`;
  }

  #key(modelHash: string, gpu: GpuFacts): string {
    return `${modelHash} ${this.engine}, ${gpu.name}`;
  }
}

function failuresIn(stored: unknown): readonly string[] {
  const checked = v.safeParse(Failures, stored);
  return checked.success ? checked.output : [];
}
