/** What web-llm's list of models does not say, where it is known for sure: licence, languages, size, why one would take it. */

/** By the beginning of the id. Families with several licences, and those that are not known for sure, are left out. */
const LICENCES = [
  [/^Llama-3\.2-/u, 'Llama 3.2 Community License'],
  [/^Llama-3\.1-/u, 'Llama 3.1 Community License'],
  [/^Llama-3-/u, 'Llama 3 Community License'],
  [/^Llama-2-/u, 'Llama 2 Community License'],
  [/^gemma-?[23]?-?\d/u, 'Gemma Terms of Use'],
  [/^(?:Phi-|phi-)/u, 'MIT'],
  [/^SmolLM2-/u, 'Apache-2.0'],
  [/^Qwen3-/u, 'Apache-2.0'],
  [/^Qwen2(?:\.5)?-(?:0\.5|1\.5|7)B-/u, 'Apache-2.0'],
  [/^TinyLlama-/u, 'Apache-2.0'],
  [/^OLMo-2-/u, 'Apache-2.0'],
  [/^Mistral-7B-Instruct-/u, 'Apache-2.0'],
  [/^RedPajama-INCITE-/u, 'Apache-2.0'],
];

/**
 * Millions of parameters by the beginning of the id, as the models' own settings give them (matrices used twice count
 * once). Where nobody could tell for sure, there is none.
 */
const PARAMETERS = [
  [/^SmolLM2-135M-/u, 134.5],
  [/^SmolLM2-360M-/u, 361.8],
  [/^SmolLM2-1\.7B-/u, 1711.4],
  [/^TinyLlama-1\.1B-/u, 1100],
  [/Llama-3\.2-1B-/u, 1235.8],
  [/Llama-3\.2-3B-/u, 3212.7],
  [/Llama-3(?:\.1)?-8B-|^DeepSeek-R1-Distill-Llama-8B-/u, 8030.3],
  [/^Llama-3(?:\.1)?-70B-/u, 70_553.7],
  [/^Llama-2-7b-/u, 6738.4],
  [/^Llama-2-13b-/u, 13_015.9],
  [/^gemma-2b-/u, 2506.2],
  [/^gemma-2-2b-/u, 2614.3],
  [/^gemma-2-9b-/u, 9241.7],
  [/^gemma3-1b-/u, 999.9],
  [/^Qwen2(?:\.5)?-(?:Coder-)?0\.5B-/u, 494],
  [/^Qwen2(?:\.5)?-(?:Coder-|Math-)?1\.5B-/u, 1543.7],
  [/^Qwen2\.5-(?:Coder-)?3B-/u, 3085.9],
  [/^Qwen2(?:\.5)?-(?:Coder-|Math-)?7B-|^DeepSeek-R1-Distill-Qwen-7B-/u, 7615.6],
  [/^Qwen3-0\.6B-/u, 596],
  [/^Qwen3-1\.7B-/u, 1720.6],
  [/^Qwen3-4B-/u, 4022.5],
  [/^Qwen3-8B-/u, 8190.7],
  [/^phi-1_5-/u, 1418.3],
  [/^phi-2-/u, 2779.7],
  [/^Phi-3(?:\.5)?-mini-/u, 3821.1],
  [/^Phi-4-mini-/u, 3836],
  [/Mistral-7B-|^WizardMath-7B-/u, 7241.7],
  [/^OLMo-2-0425-1B-/u, 1484.9],
  [/^OLMo-2-1124-7B-/u, 7298.6],
  [/^RedPajama-INCITE-Chat-3B-/u, 2775.9],
  [/^stablelm-2-zephyr-1_6b-/u, 1644.5],
];

/** ISO 639 by the beginning of the id, as their makers say; `mul` for many. Families that are not known for sure are left out. */
const LANGUAGES = [
  [/^SmolLM2-|^phi-|^OLMo-2-|^TinyLlama-|^RedPajama-INCITE-/u, ['en']],
  [/^Llama-3\.[12]-/u, ['en', 'de', 'fr', 'it', 'pt', 'hi', 'es', 'th']],
  [/^Qwen(?:2\.5|3|3\.5)-(?!Coder|Math)|^Ministral-3-/u, ['mul']],
];

/** By the whole id. */
const REASONS = {
  'SmolLM2-360M-Instruct-q4f16_1-MLC': 'The smallest download of this list',
  'SmolLM2-360M-Instruct-q4f32_1-MLC': 'The smallest download for GPUs without half precision',
  'Ministral-3-3B-Base-2512-q4f16_1-MLC':
    'A base model, as in the paper: it continues text and was not trained to obey',
  'phi-1_5-q4f16_1-MLC': 'The smallest base model of this list: it continues text, as the paper’s model did',
};

/** Licence, languages, parameters and reason of the model with this id; null or empty where nobody knows. */
export function factsOf(id) {
  const of = (table) => table.find(([pattern]) => pattern.test(id))?.[1];
  const millions = of(PARAMETERS);
  return {
    licence: of(LICENCES) ?? null,
    languages: of(LANGUAGES) ?? [],
    parameters: millions === undefined ? null : Math.round(millions * 1_000_000),
    reason: REASONS[id] ?? null,
  };
}
