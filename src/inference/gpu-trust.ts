/**
 * What is known of the graphics processor for GGUF models: whether a person wants it used, what the processor answered (a
 * graphics processor must answer alike before it is trusted), and on which models it failed. Kept in settings.
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
   * @param find the graphics processor that llama.cpp can use; null where there is none
   * @param engine name and version of what computes: another one answers, and fails, anew
   */
  constructor(
    private readonly settings: SettingStore,
    private readonly find: () => Promise<GpuFacts | null>,
    private readonly engine: string,
  ) {}

  /** The graphics processor that llama.cpp can use; asked once, because a page keeps the one it began with. */
  fitting(): Promise<GpuFacts | null> {
    return (this.#fitting ??= this.find().catch(() => null));
  }

  /** Whether a person wants it used; yes, unless they said no. A store that cannot be read says nothing. */
  async isOn(): Promise<boolean> {
    return (await this.#read(SWITCH)) !== false;
  }

  /** Switched on again, what failed is tried again. @throws AppError of the store */
  async setOn(on: boolean): Promise<void> {
    await this.settings.saveSetting(SWITCH, on);
    if (on) await this.settings.saveSetting(FAILED, []);
  }

  /** The graphics processor to be used; null where there is none or a person does not want it. */
  async used(): Promise<GpuFacts | null> {
    const gpu = await this.fitting();
    return gpu !== null && (await this.isOn()) ? gpu : null;
  }

  /** Whether a model failed on it, so that trying again would only take time. */
  async hasFailed(modelHash: string, gpu: GpuFacts): Promise<boolean> {
    return (await this.#failures()).includes(this.#key(modelHash, gpu));
  }

  async noteFailure(modelHash: string, gpu: GpuFacts): Promise<void> {
    await this.#keep(FAILED, [...new Set([...(await this.#failures()), this.#key(modelHash, gpu)])]);
  }

  /** What the processor answers with this model; null when it was not asked yet. */
  async processorAnswer(modelHash: string): Promise<readonly AnswerPlace[] | null> {
    const checked = v.safeParse(Answer, await this.#read(this.#answerOf(modelHash)));
    return checked.success ? checked.output : null;
  }

  keepProcessorAnswer(modelHash: string, answer: readonly AnswerPlace[]): Promise<void> {
    return this.#keep(this.#answerOf(modelHash), answer);
  }

  async #failures(): Promise<readonly string[]> {
    const checked = v.safeParse(Failures, await this.#read(FAILED));
    return checked.success ? checked.output : [];
  }

  #read(key: string): Promise<unknown> {
    return this.settings.setting(key).catch(() => undefined);
  }

  /** What cannot be kept is found out again. */
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
