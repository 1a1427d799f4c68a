/**
 * The same prompts as chat turns, for instruct models: the fixed header becomes the system text, the list the user's turn,
 * followed by what to do with it. The answer is converted to a base model's continuation, so that the same parsers read
 * it. Instruct models are not the paper's setting; the wording is ours.
 */
import type { ChatTurns } from '../ports';
import type { PipelineStage } from '../run';
import { NEW_INSTRUCTIONS } from './instruction-prompt';

const RULES: Readonly<Record<PipelineStage, string>> = {
  instructions: 'Continue lists of tasks. Write new tasks only, in the same form, and no other text.',
  classification: 'Answer with one word: Yes or No.',
  instances: 'Write in the same form as the examples, and no other text.',
};

/**
 * @param prompt of the same stage, as it is written for a base model: a header, a blank line, a list with an open end
 * @param stop of that prompt
 * @returns the turns, and the strings at which their answer ends
 */
export function chatTurns(
  stage: PipelineStage,
  prompt: string,
  stop: readonly string[],
): { readonly turns: ChatTurns; readonly stop: readonly string[] } {
  const end = prompt.indexOf('\n\n');
  const header = prompt.slice(0, Math.max(0, end));
  const list = prompt.slice(end < 0 ? 0 : end + 2);
  const system = `${header} ${RULES[stage]}`.trimStart();
  if (stage === 'instructions') {
    const cue = lastLine(list);
    const shown = list.slice(0, list.length - cue.length).trimEnd();
    const first = Number(/\d+/u.exec(cue)?.[0] ?? 1);
    const last = first + NEW_INSTRUCTIONS - 1;
    const order = cue.startsWith('Task')
      ? `Write Task ${first} to Task ${last}, one in each line.`
      : `Write numbers ${first} to ${last} of the list, one in each line.`;
    // Chat models put blank lines between the items of a list: a blank line is not an end.
    return {
      turns: { system, user: [shown, order].filter(Boolean).join('\n\n') },
      stop: stop.filter((each) => each !== '\n\n'),
    };
  }
  if (stage === 'classification') {
    // A chat model may begin with a line break or repeat the question.
    return { turns: { system, user: list }, stop: ['\nTask'] };
  }
  return { turns: { system, user: list.trimEnd() }, stop };
}

/** A chat answer as a base model's continuation: without thoughts, bold type, fences and repetition of the prompt. */
export function asContinuation(stage: PipelineStage, prompt: string, answer: string): string {
  const plain = answer
    .replace(/^\s*<think>.*?<\/think>/su, '')
    .trimStart()
    .replace(/^```[a-z]*\n/iu, '')
    .replace(/\n```\s*$/u, '')
    .replace(/^([ \t]*)\*\*([^*\n]{1,200})\*\*/gmu, '$1$2');
  const cue = stage === 'instances' ? lastLine(prompt.trimEnd()) : lastLine(prompt);
  const text = cue !== '' && plain.startsWith(cue) ? plain.slice(cue.length) : plain;
  return stage === 'instances' ? text.trimStart() : ` ${text.trimStart()}`;
}

const lastLine = (text: string): string => text.slice(text.lastIndexOf('\n') + 1);
