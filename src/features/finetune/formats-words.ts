/** What a finetuned model can be saved as. */
export const FORMATS = {
  'gguf-f16': {
    title: 'GGUF, F16',
    note: 'One file for llama.cpp, Ollama and LM Studio; this app runs it too.',
  },
  'gguf-q8_0': {
    title: 'GGUF, Q8_0',
    note: 'One byte for each weight: half the size of F16, and faster on a CPU.',
  },
  'gguf-adapter': {
    title: 'GGUF, adapter only',
    note: 'A few megabytes that llama.cpp loads beside the base model (--lora).',
  },
  'gguf-f32': { title: 'GGUF, F32', note: 'The weights exactly as trained, twice as large.' },
  'hugging-face-f32': {
    title: 'Hugging Face folder, F32',
    note: 'model.safetensors, config.json and tokenizer.json: what transformers loads.',
  },
  'hugging-face-f16': { title: 'Hugging Face folder, F16', note: 'The same at half the size.' },
  adapter: { title: 'Adapter only (PEFT)', note: 'The LoRA weights alone, to be applied to the base model.' },
  trainers: {
    title: 'Repeat the finetuning elsewhere',
    note: 'Data and settings for axolotl, LLaMA-Factory, TRL and Unsloth, also for larger models.',
  },
  'base-hugging-face': {
    title: 'Base model, Hugging Face folder',
    note: 'The model before it was finetuned, as the folder base-model: unpack it beside the adapter or the settings, which look for it there.',
  },
  'base-gguf': {
    title: 'Base model, GGUF',
    note: 'The model before it was finetuned, for llama.cpp: --lora applies the adapter to it.',
  },
  'mlc-q4f16_1': { title: 'MLC q4f16_1', note: '4-bit weights; the usual form.' },
  'mlc-q4f32_1': { title: 'MLC q4f32_1', note: '4-bit weights, for GPUs without 16-bit floats.' },
  'mlc-q0f16': { title: 'MLC q0f16', note: 'F16 weights, not quantised.' },
  'mlc-q0f32': { title: 'MLC q0f32', note: 'F32 weights.' },
} as const;
