/** Text to tokens and back for a GGUF file: prompts, turns by the file's own template, and text as it is written. */
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { AppError } from '../../core/errors';
import type { ChatTurns, ModelPrompt } from '../../core/ports';
import { badFile } from '../../weights/bad-file';
import { byteAlphabet } from '../../weights/gguf-header';
import type { GgufLlama } from '../../weights/gguf-llama';
import { CONTROL } from '../../weights/tokenizer-entries';
import { WORDS } from '../words';

/** Ends a text by their names, whatever the file says (as in llama.cpp). */
const ENDS: ReadonlySet<string> = new Set([
  ...['<|endoftext|>', '<|im_end|>', '<|end_of_text|>', '<|eot_id|>', '<|eom_id|>', '</s>'],
]);

export class LlamaTokens {
  readonly #tokenizer: Tokenizer;
  readonly #template: Template | null;
  /** Texts by number, in the alphabet of bytes. */
  readonly #texts: readonly string[];
  readonly #bytes: readonly Uint8Array<ArrayBuffer>[];
  readonly #bosId: number | null;
  readonly #eosId: number | null;
  /** Tokens after which nothing follows. */
  readonly ends: ReadonlySet<number>;

  /** @throws AppError bad-file */
  constructor({ header, config, tokenizer }: GgufLlama) {
    try {
      this.#tokenizer = new Tokenizer(tokenizer, {});
      // Some faults show only when it is used.
      this.#tokenizer.encode('A word.');
    } catch (error) {
      throw badFile(WORDS.cpu.badTokenizer, error);
    }
    const entry = (key: string): unknown => header.metadata.get(`tokenizer.${key}`);
    const template = entry('chat_template');
    this.#template = typeof template === 'string' ? templateOf(template) : null;
    this.#texts = entry('ggml.tokens') as readonly string[];
    const types = (entry('ggml.token_type') ?? []) as readonly unknown[];
    this.#bosId = config.bosId;
    this.#eosId = config.eosId;
    const ends = this.#texts.flatMap((text, id) => (types[id] === CONTROL && ENDS.has(text) ? [id] : []));
    this.ends = new Set(config.eosId === null ? ends : [config.eosId, ...ends]);
    const byteOf = byteAlphabet();
    const utf8 = new TextEncoder();
    this.#bytes = this.#texts.map((text, id) => {
      if (types[id] === CONTROL) return new Uint8Array();
      const bytes = Array.from(text, (char) => byteOf.get(char));
      return bytes.includes(undefined) ? utf8.encode(text) : Uint8Array.from(bytes as number[]);
    });
  }

  /** What the model is given. @throws AppError engine-failed when it has no template for turns */
  prompt(request: ModelPrompt): number[] {
    return this.#promptAnd(request, '');
  }

  /** The prompt followed by a text, and where that text begins: where the tokens are no longer those of the prompt alone. */
  followed(
    request: ModelPrompt,
    output: string,
  ): { readonly tokens: readonly number[]; readonly from: number } {
    const alone = this.prompt(request);
    const tokens = this.#promptAnd(request, output);
    const differs = tokens.findIndex((token, i) => token !== alone[i]);
    // The first token follows nothing, so that no probability is known of it.
    return { tokens, from: Math.max(1, differs) };
  }

  /** The bytes of a token's text; none for tokens that are no text. A character may be spread over several tokens. */
  bytes(id: number): Uint8Array<ArrayBuffer> {
    return this.#bytes[id] as Uint8Array<ArrayBuffer>;
  }

  #promptAnd({ prompt, turns }: ModelPrompt, more: string): number[] {
    // A template writes the token of the beginning itself.
    return turns ? this.#encode(this.#layOut(turns) + more, false) : this.#encode(prompt + more, true);
  }

  #encode(text: string, begins: boolean): number[] {
    return [...this.#tokenizer.encode(text, { add_special_tokens: begins }).ids];
  }

  #layOut({ system, user }: ChatTurns): string {
    if (!this.#template) throw new AppError({ kind: 'engine-failed', detail: WORDS.cpu.noTemplate });
    const textOf = (id: number | null): string => (id === null ? '' : (this.#texts[id] ?? ''));
    try {
      return this.#template.render({
        messages: [
          ...(system === '' ? [] : [{ role: 'system', content: system }]),
          { role: 'user', content: user },
        ],
        add_generation_prompt: true,
        bos_token: textOf(this.#bosId),
        eos_token: textOf(this.#eosId),
      });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new AppError({ kind: 'engine-failed', detail: WORDS.cpu.badTemplate(detail) }, { cause: error });
    }
  }
}

/** A template that cannot be read counts as none: the model can be asked without turns. */
function templateOf(text: string): Template | null {
  try {
    return new Template(text);
  } catch {
    return null;
  }
}
