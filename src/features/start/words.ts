/** All that a user reads on the Start screen, by component. In texts for `Sentence`, `{name}` is a value. */
import type { PlanKind } from '../../core/plan/plan';
import { count, counted, megabytes } from '../../ui/format';

export const WORDS = {
  title: 'Start',
  heading: 'A language model writes its own training tasks',
  lede: 'It reads eight example tasks and continues the list. Rules reject the weak ones, the rest join the pool and appear in later prompts. You see every decision.',
  watch: 'Watch the run',
  startBuiltIn: 'Start with the built-in model',
  startWith: (model: string): string => `Start with ${model}`,
  settings: 'Choose the settings',
  loopOffer: {
    run: 'Run the whole loop',
    about:
      'One button for all of Self-Instruct: the model writes tasks, is finetuned on them, and answers new tasks before and after.',
  },
  recording: {
    start: 'Watch a recorded run',
    about:
      'A whole run of the standard model, as it was: every prompt, completion and verdict, then a finetuning, and the model before and after it. Nothing is computed by a model.',
  },
  lesson: {
    begin: 'Begin the 20-minute lesson',
    about: 'For a class or for yourself: predict, see, explain, beside the recorded run.',
  },
  builtIn:
    'Begins within seconds: the model is 6.4 MB and comes with this page. It knows the form of instructions better than facts, so many of its sentences mean little.',
  standard: {
    start: 'Start with the standard model',
    offer: (bytes: number): string =>
      `A real language model, SmolLM2 with 135 million parameters: ${megabytes(bytes)}, fetched once from the address of this page and kept for offline use.`,
    here: 'A real language model, SmolLM2 with 135 million parameters; it is on this device and works offline.',
    about:
      'It writes real English and knows some facts, and it is often wrong. A task takes about twice as long as with the small one.',
    fetching: 'Fetching the standard model',
  },
  onServer: (host: string): string => `Prompts and completions go to ${host}, as you chose.`,
  onDevice: 'You chose this model; it runs on this device.',
  target: (target: number): string => `The first run ends at ${target} accepted instructions.`,
  retry: 'Try again',
  device: {
    title: 'This device',
    careful: 'Careful:',
    // The one place where pupils read what a GPU is.
    model: (threads: number): string =>
      `The built-in model runs on ${counted(threads, 'CPU thread')}; no GPU (graphics processor) is needed.`,
    noModel: 'No WebAssembly: stored runs can be viewed and exported, but no model can run.',
    space: 'Enough space to store runs.',
    freeSpace: (bytes: number): string =>
      `Enough space to store runs: ${megabytes(bytes)} free for this page.`,
    littleSpace: (bytes: number): string =>
      `Only ${megabytes(bytes)} free for this page: a private window, or a full disk.`,
    persisted: 'The browser keeps what this page stores.',
    inMemory: 'Nothing is stored: this tab keeps everything in memory.',
    storedAtOnce: 'Each finished request is stored at once: closing the tab loses nothing.',
    plainHttp:
      'This page came over plain http from another computer. Browsers then allow one thread, no GPU and no copy for offline use, and they may clear what is stored: export your data before you leave.',
    offline: 'The built-in model needs no account, no server and no network: it works offline.',
  },
  gpu: {
    offer: 'This device has a GPU: {name} would run on it and write far better tasks{size}{memory}.',
    size: (bytes: number): string => `; about ${megabytes(bytes)} to download`,
    memory: (bytes: number): string => `, ${megabytes(bytes)} of GPU memory`,
    link: 'See the models for this device',
  },
  interrupted: {
    title: 'Interrupted run',
    stopped: (run: number, accepted: number, target: number): string =>
      `Run ${run} stopped at ${count(accepted)} of ${count(target)}`,
    progress: 'Accepted instructions',
    stored: (requests: number): string =>
      `All ${count(requests)} finished requests are stored. The run continues where it stopped.`,
    inProgress: 'Run in progress',
    elsewhere: (run: number, accepted: number, target: number): string =>
      `Run ${run} is at ${count(accepted)} of ${count(target)} in another tab`,
    storedElsewhere: (requests: number): string =>
      `${count(requests)} finished requests are stored. You can watch the run here.`,
    watch: (run: number): string => `Watch run ${run}`,
    resume: (run: number): string => `Resume run ${run}`,
    openPool: 'Open its pool',
  },
  plan: {
    note: (kind: PlanKind, elsewhere: boolean): string =>
      `${kind === 'loop' ? 'Whole loop' : 'Study'} ${elsewhere ? 'in another tab' : 'interrupted'}`,
    progress: 'All stages',
    stored: 'All that was finished is stored. It continues where it stopped.',
    elsewhere: 'All that is finished is stored. You can watch it here.',
    resume: 'Resume it',
    watch: 'Watch it',
  },
  training: {
    active: 'A finetuning is in progress.',
    watch: 'Watch it',
    stored: (name: string, step: number, steps: number): string =>
      steps > 0
        ? `The finetuning “${name}” is stored at step ${count(step)} of ${count(steps)}.`
        : `The finetuning “${name}” is stored at step ${count(step)}.`,
    resume: 'Resume it',
  },
  loop: {
    title: 'What will happen',
    seed: 'seed task, written by a person',
    machine: 'machine instruction',
    seeds: {
      title: 'Seeds',
      text: 'Tasks written by people. Six go into each prompt, with two that the model wrote earlier.',
    },
    prompt: { title: 'Prompt', text: 'They become a numbered list that stops in the middle.' },
    completion: {
      title: 'Completion',
      text: 'The model continues the list. An example:',
      example: ' Name two things that are both round and soft.\nTask 5: Draw a map of your street.',
    },
    verdicts: {
      title: 'Verdicts',
      text: 'Rules read each line in a fixed order. Accepted tasks join the pool; the others stay visible with the reason.',
      accepted: 'Name two things that are both round and soft.',
      blocked: 'Draw',
      rest: ' a map of your street.',
    },
  },
} as const;
