/** The lesson of 20 minutes: what a model writes, what is accepted, and what a threshold does. On the recorded run alone. */
import type { Lesson } from './lesson';

export const HOMEWORK: Lesson = {
  id: 'homework',
  title: 'A model that writes its own homework',
  about: 'What does a language model write when it is shown eight tasks? What is accepted, and who decides?',
  aims: [
    'Say in one sentence what Self-Instruct does: a model writes tasks, filters choose, the model is trained on them.',
    'Tell for a single task why it was accepted or rejected.',
    'Predict what a higher or lower ROUGE-L threshold does to a task pool.',
    'Tell “accepted” from “true”.',
  ],
  terms: [
    {
      word: 'Language model',
      meaning: 'A program that continues a text with what is likely to come next.',
    },
    { word: 'Seed task', meaning: 'A task that a person wrote. The work starts with these.' },
    { word: 'Task pool', meaning: 'All seed tasks, and all tasks of the model that were accepted.' },
    { word: 'Candidate', meaning: 'A task that the model wrote, before it is judged.' },
    { word: 'Filter', meaning: 'A simple rule that accepts or rejects a candidate.' },
    {
      word: 'ROUGE-L',
      meaning:
        'How alike two texts are, from 0 to 1: it counts the words that both have in the same order. 1 means the same words in the same order.',
    },
    { word: 'Threshold', meaning: 'The limit. A candidate with a higher ROUGE-L than this is rejected.' },
    { word: 'Finetuning', meaning: 'Training a model a little more, on a small set of tasks with answers.' },
  ],
  preparation: [
    'Open the page once on each device. No account and no download is needed: the lesson plays a recorded run.',
    'Print the worksheet, or let pupils write on the screen. What they write is stored on their device; only a hand-in that they make takes it along.',
    'Switch to the projector size (at the foot of the list of screens) if you show the lesson to all.',
  ],
  misconceptions: [
    {
      idea: 'The model understands the tasks that it writes.',
      answer:
        'It continues a text. “How many people can you make in a house?” was accepted too: the form of a task is enough for the filters.',
    },
    {
      idea: 'What the filters accept is correct.',
      answer: 'The filters look at words. No filter knows how many legs a dog has.',
    },
    {
      idea: 'A stricter filter is always better.',
      answer: 'At 0.30 only 13 tasks are left. Good tasks go too, only because they begin alike.',
    },
    {
      idea: 'The model learns while it writes the tasks.',
      answer:
        'It does not change while it writes. It changes afterwards, in the finetuning. Its own tasks come back to it only as text in later prompts.',
    },
  ],
  steps: [
    {
      id: 'open-end',
      title: 'Eight tasks and an open end',
      minutes: 2,
      text: [
        'You are watching a recording of a real run. A small language model, SmolLM2, is shown a list of eight tasks. People wrote them; they are called seed tasks.',
        'The list stops in the middle, after “Task 9:”.',
      ],
      tasks: ['Find the card “Prompt” and read the eight tasks.'],
      place: { address: '#/generate', moment: 0 },
      prediction: {
        ask: 'What will the model do with this list?',
        options: [
          'It answers the eight tasks.',
          'It writes more tasks.',
          'Nothing: nobody asked it a question.',
        ],
        answer: 1,
      },
      reveal: {
        text: 'It writes more tasks: a Task 9 and a Task 10. See the card “Completion”.',
        place: { address: '#/generate', moment: 2.45 },
      },
      explanation: {
        ask: 'Nobody told the model to write tasks. Why does it?',
        expected:
          'A language model continues a text with what is likely to come next. After eight numbered tasks, a ninth is likely.',
      },
      hint: 'Think of the word suggestions of a phone: what would you expect after “Task 9:”?',
      say: 'Read three of the seed tasks aloud, then stop at “Task 9:” and wait. Let two pupils say how they would go on. That is all the model does.',
    },
    {
      id: 'accepted-or-not',
      title: 'Will it be accepted?',
      minutes: 3,
      text: [
        'The model wrote two candidates:',
        'A: “What is the name of this flower?”',
        'B: “You are a princess. You have two legs and two arms. Your hair is white.”',
        'Now filters decide. Each filter is a simple rule: is the candidate too short? Does it have a forbidden word? Does it ask for anything at all?',
      ],
      tasks: ['Read A and B as if they were your homework. Could you do them?'],
      place: { address: '#/generate', moment: 2.45 },
      prediction: {
        ask: 'Which of them will be accepted?',
        options: ['Both', 'Only A', 'Only B', 'Neither'],
        answer: 1,
      },
      reveal: {
        text: 'Only A. The card “Split and judged” shows which filters were asked, one after the other, and which one said no to B.',
        place: { address: '#/generate?request=1', moment: 3 },
      },
      explanation: {
        ask: 'Why was B rejected?',
        expected: 'B asks for nothing. It only tells something, so nobody could know what to do.',
      },
      hint: 'Look for the word “Not a task”.',
      say: 'Let pupils vote by hand before they click. Somebody will say that A cannot be answered, as there is no flower. That is right, and the filters do not notice it: keep it for step 6.',
    },
    {
      id: 'nearly-the-same',
      title: 'Nearly the same',
      minutes: 3,
      text: [
        'A few seconds later the model writes: “What is the name of this person?”',
        'It is compared with an older text: “What is the name of this flower?”',
        'ROUGE-L says how alike two texts are. Here both have 7 words, so it is: the number of words that both have in the same order, divided by 7.',
      ],
      tasks: ['Count the words that both texts have in the same order. Then divide by 7.'],
      place: { address: '#/generate?request=1', moment: 3 },
      prediction: {
        ask: 'What is the ROUGE-L of the two texts?',
        options: ['0.14', '0.50', '0.86', '1.00'],
        answer: 2,
      },
      reveal: {
        text: '6 of the 7 words: 6 / 7 = 0.86. The threshold of this run is 0.70. It is the first candidate in the card “Split and judged”.',
        place: { address: '#/generate?request=4', moment: 23 },
      },
      explanation: {
        ask: 'The new task was rejected. Why is it useful to reject it?',
        expected:
          '0.86 is over the threshold of 0.70. A pool full of nearly the same task teaches the model nothing new.',
      },
      hint: 'Only the last word is different.',
      say: 'Write both sentences under each other and cross out what is the same. ROUGE-L of texts that are not equally long uses both lengths; you can leave that out.',
    },
    {
      id: 'forbidden-words',
      title: 'A rule that is too simple',
      minutes: 3,
      text: [
        'One filter has a list of forbidden words: image, graph, picture, file, map, draw, plot, and “go to”. A model that reads and writes only text cannot draw, and it cannot go anywhere.',
        'The model writes: “You are a superhero. Your name is Spider-Man. Where would you go to save humanity?”',
      ],
      tasks: ['Read the task and decide for yourself: is it a good one?'],
      place: { address: '#/generate?request=4', moment: 23 },
      prediction: {
        ask: 'What will happen to it?',
        options: [
          'It is accepted.',
          'It is rejected: too similar to another task.',
          'It is rejected: it has a forbidden word.',
        ],
        answer: 2,
      },
      reveal: {
        text: 'It is rejected: “go to” is on the list, and the filter does not read the rest. It is the second candidate in the card “Split and judged”.',
        place: { address: '#/generate?request=6', moment: 33 },
      },
      explanation: {
        ask: 'Was the rule right here? Would you take “go to” off the list?',
        expected:
          'It was wrong: the question can be answered in words. Without the rule, tasks such as “Go to the shop” would be accepted. A simple rule catches much that is bad, and some that is good.',
      },
      hint: 'Look for the two words before “save humanity”.',
      say: 'Every filter makes two kinds of mistakes: it lets something bad through, or it stops something good. Ask which mistake is worse here, and which in a spam filter.',
    },
    {
      id: 'threshold',
      title: 'Move the threshold',
      minutes: 4,
      text: [
        'The run is finished: the model wrote 54 candidates, and 30 were accepted. 14 were rejected because they were too similar.',
        'Now you may move the threshold. The whole run is then judged again, without the model.',
      ],
      tasks: [
        'Say first what will happen.',
        'Then move the slider “ROUGE-L threshold” to 1.00, and after that to 0.30.',
      ],
      place: { address: '#/decisions', moment: 'end' },
      prediction: {
        ask: 'At 0.70, 30 are accepted. How many at 1.00?',
        options: ['Fewer than 30', '30, as before', '44', 'All 54'],
        answer: 2,
      },
      reveal: {
        text: '44: the 30, and the 14 that were too similar. Other filters still say no to 9, and one came after the 30 that were wanted. Look at 0.30 too: only 13 are accepted.',
      },
      explanation: {
        ask: 'Look at what is accepted at 1.00, and at what is lost at 0.30. Which threshold would you choose, and why?',
        expected:
          'At 1.00 even exact copies are accepted, such as “Do not tell a lie to your friend.” At 0.30 different tasks are lost because they begin alike. Something in between: the paper uses 0.7.',
      },
      hint: 'At 1.00 nothing is too similar any more. What do the other filters do?',
      say: 'Let one group argue for 0.3 and one for 1.0. Then show the list “Newly accepted” at 1.00: copies of the same question.',
    },
    {
      id: 'not-the-truth',
      title: 'Accepted is not the same as true',
      minutes: 2,
      text: [
        'The model also answers its own tasks. It wrote two examples for the task “How many legs does a dog have?”',
      ],
      tasks: ['Say which filter you would trust to find a wrong answer.'],
      place: { address: '#/pool', moment: 'end' },
      prediction: {
        ask: 'Which filter checks whether an answer is true?',
        options: ['ROUGE-L', 'The list of forbidden words', 'None of them'],
        answer: 2,
      },
      reveal: {
        text: 'None. The pool now says that a dog has 4 legs, and in the next line that it has 3.',
        place: { address: '#/pool?task=r0001-m000017-001', moment: 'end' },
      },
      explanation: {
        ask: 'Find another answer in the pool that is wrong or odd. Who could have stopped it?',
        expected:
          'For example “How many days will it take to make 100 shirts?” with “10 days”. Only a person who reads it, or another program that knows more. In the paper, an expert read 200 tasks: 54 of 100 were right in every part.',
      },
      hint: 'Filters count and compare words.',
      say: 'This is the most important minute. Ask where else a computer accepts what looks right: search results, summaries, essays.',
    },
    {
      id: 'does-it-help',
      title: 'Does the homework help?',
      minutes: 2,
      text: [
        'The same model was trained twice: once on the 60 seed tasks alone, and once on the seed tasks and its own. Then all of them answered 24 new tasks. A score of 100 would be the expected answers, word for word.',
      ],
      tasks: [
        'Say first which model will answer better than the untrained one with the same prompt (“plain”).',
      ],
      place: { address: '#/pool', moment: 'end' },
      prediction: {
        ask: 'Which training helps?',
        options: ['Only the seed tasks', 'Only with its own tasks', 'Both', 'Neither'],
        answer: 2,
      },
      reveal: {
        text: 'Both: from 10.7 to 28.4 with the seed tasks alone, and to 27.0 with its own tasks as well. In the list they are called “seeds, seed 1” and “self-instruct, seed 1”.',
        place: { address: '#/evaluate', moment: 'end' },
      },
      explanation: {
        ask: 'Its own tasks did not help more than the seed tasks did. What could be the reason?',
        expected:
          'They are only 30, the model is very small, and many of its answers are wrong. In the paper a model a thousand times as large wrote 52,445 instructions, and it helped a lot.',
      },
      hint: 'Think of the dog with three legs.',
      say: 'An honest result: in this run its own homework added nothing. Both trained models learned to answer briefly instead of rambling.',
    },
    {
      id: 'own-words',
      title: 'In your own words',
      minutes: 1,
      text: ['The model wrote its own homework, simple rules marked it, and it was trained on it.'],
      tasks: ['Write it for a friend who was not here.'],
      explanation: {
        ask: 'What is accepted, why, and what does the threshold do?',
        expected:
          'Accepted is what has the form of a task and is new enough. The threshold says how alike a new task may be to one in the pool: higher means more tasks and more copies, lower means fewer tasks.',
      },
      say: 'Collect two or three sentences aloud. The pupils can print a report of what they predicted and wrote.',
    },
  ],
};
