/** What ships beside the built-in model's weights: its name, size, hash and a question with a known answer. */

export interface KnownAnswer {
  readonly prompt: string;
  readonly maxTokens: number;
  /** The exact greedy continuation. */
  readonly text: string;
}
export interface ModelManifest {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  readonly knownAnswer: KnownAnswer;
}
