/** The lesson of 45 minutes: eight seed tasks of one's own, ten tasks rated, compared with the paper. On the recorded run and on own seeds. */
import type { Lesson } from './lesson';

export const OWN_SEEDS: Lesson = {
  id: 'own-seeds',
  title: 'Eight seeds of our own',
  about: 'Write the seed tasks yourself, rate what a model makes of seeds, and compare with the paper.',
  aims: [
    'Write a clear task that can be done with words alone.',
    'Rate a task with the three questions of the paper.',
    'Compare own figures with published ones, and give a reason for a difference.',
  ],
  terms: [
    { word: 'Seed task', meaning: 'A task that a person wrote. The work starts with these.' },
    { word: 'Instruction', meaning: 'What is to be done: “Add up the fruit and show your sum.”' },
    { word: 'Input', meaning: 'The text that the instruction works on. Not every task needs one.' },
    { word: 'Output', meaning: 'The answer.' },
    { word: 'Instance', meaning: 'One input and output of a task.' },
    { word: 'Sample', meaning: 'A few tasks drawn by chance, so that one need not read all.' },
  ],
  preparation: [
    'Pupils work in pairs. Each pair has one device, or a printed worksheet for the writing.',
    'In step 2 pupils write seeds of their own; step 6 runs the built-in model on the device, if there is time. All else is on a recorded run.',
    'Own seeds are stored on the device. Ratings of the recorded run are gone when it is closed: pupils write their figures down.',
  ],
  misconceptions: [
    {
      idea: 'A long task is a good task.',
      answer: 'A good task is clear. “Write two rhyming lines about a sleepy bear.” has eight words.',
    },
    {
      idea: 'A task is right when the answer is long and polite.',
      answer:
        'The third question asks whether the output is correct. “I am very happy to say that you have a great meal.” is polite, and no name of a food.',
    },
    {
      idea: 'Our figures are lower, so we did something wrong.',
      answer:
        'The paper used a model a thousand times as large. Lower figures for a small model are what one should expect.',
    },
  ],
  steps: [
    {
      id: 'good-task',
      title: 'What is a good task?',
      minutes: 6,
      text: [
        'You see 60 seed tasks that people wrote. Each has an instruction and an output.',
        'Some also have an input: a text that the instruction works on.',
      ],
      tasks: ['Read ten of them. Open one to see its input and output.'],
      place: { address: '#/seeds', moment: 0 },
      prediction: {
        ask: 'How many of the 60 have an input?',
        options: ['6', '36', 'All 60'],
        answer: 1,
      },
      reveal: { text: '36 of the 60.' },
      explanation: {
        ask: 'Find one task that needs an input and one that does not. What is the difference?',
        expected:
          '“Does the tale end well or badly?” needs the tale. “Make four rules for a club in a tree house.” can be done at once.',
      },
      hint: 'Could you begin at once, or is something missing?',
      say: 'Ask for the worst task they can think of, then make it better together: clear, possible with words alone, and not the same as another.',
    },
    {
      id: 'own-eight',
      title: 'Write eight seeds',
      minutes: 12,
      text: [
        'Now write eight seed tasks of your own: about your school, your street, your hobbies. Write each instruction, an input where it needs one, and the output.',
        'At least two of them should have an answer out of a few: yes or no, big or small.',
      ],
      tasks: [
        'Press “Begin an empty set”, then “Add a task” for each of them. The set is your own, and is stored on this device.',
        'Read each task of your partner. Could you do it without asking?',
      ],
      place: { address: '#/seeds' },
      explanation: {
        ask: 'Write down your best seed task. Why is it a good one?',
        expected: 'It is clear, it can be done with words alone, and it is different from the others.',
      },
      hint: 'Take something you did today, and make a question or an order of it.',
      say: 'Walk around. Stop tasks that need a picture, the internet or a body: a model that writes text cannot do them.',
    },
    {
      id: 'made-of-seeds',
      title: 'What a model makes of seeds',
      minutes: 5,
      text: [
        'In the recorded run a small model read seed tasks, eight at a time, and wrote tasks of its own. 30 were accepted.',
        'You know how many of the seed tasks have an input.',
      ],
      tasks: ['Predict, then look at the pool.'],
      place: { address: '#/seeds', moment: 0 },
      prediction: {
        ask: 'How many of its 30 tasks come with an input?',
        options: ['None', 'About 15', 'All 30'],
        answer: 0,
      },
      reveal: {
        text: 'None, while 36 of the 60 seed tasks have one. And 27 of its 30 tasks end with a question mark; of the seed tasks, 15 of 60 do.',
        place: { address: '#/pool', moment: 'end' },
      },
      explanation: {
        ask: 'The model copies some habits of the seeds and not others. Which do you see?',
        expected:
          'It writes short questions. It sees only the instructions of the seeds, so it cannot know that many of them have an input.',
      },
      hint: 'The prompt shows instructions only.',
      say: 'A short question is the likeliest continuation for so small a model. Ask what that means for those who train on these tasks.',
    },
    {
      id: 'rate-ten',
      title: 'Rate ten tasks',
      minutes: 10,
      text: [
        'The paper asks three questions about each task: Does the instruction describe a valid task? Is the input appropriate? Is the output correct?',
        'A task without an input that needs none has an appropriate input.',
      ],
      tasks: [
        'Write your name, and answer the three questions for ten tasks. The keys 1, 2 and 3 choose a question, Y and N answer it.',
        'Then open “Raters and figures” and write down your four figures: they are gone when the recorded run is closed.',
      ],
      place: { address: '#/review', moment: 'end' },
      prediction: {
        ask: 'In the paper an expert, one of its authors, rated 200 tasks of a far larger model. For how many of 100 was everything right?',
        options: ['34', '54', '74', '94'],
        answer: 1,
      },
      reveal: {
        text: '54 of 100. One by one: valid task 92, appropriate input 79, correct output 58.',
      },
      explanation: {
        ask: 'Your figures: valid task, appropriate input, correct output, all three?',
        expected:
          'They depend on the ten tasks and the rater. Expect most tasks to be valid and few outputs to be correct.',
      },
      hint: 'When you cannot decide, ask what you would tell a friend who handed this in.',
      say: 'Ten tasks are few: the figures of two pairs will differ. Collect them at the board; the mean of all pairs is better than any of them.',
    },
    {
      id: 'compare',
      title: 'Compare with the paper',
      minutes: 5,
      text: ['The model of the paper was a thousand times as large as ours.'],
      tasks: ['Put your four figures beside those of the paper. Where is the largest difference?'],
      place: { address: '#/review', moment: 'end' },
      reveal: {
        text: 'The paper: valid task 92 %, appropriate input 79 %, correct output 58 %, all three 54 %.',
      },
      explanation: {
        ask: 'Where are you lowest, and which task shows why?',
        expected:
          'Usually the outputs. “How many legs does a dog have?” has the outputs 4 and 3; “Who is this person?” cannot be answered at all.',
      },
      say: 'Even in the paper, nearly half of the tasks had a fault, and training on them helped all the same. Ask how that can be.',
    },
    {
      id: 'now-you',
      title: 'Now with your own seeds',
      minutes: 5,
      text: [
        'If there is time: the built-in model can run on your device with your eight seeds.',
        'If not, exchange seeds with another pair and write the ninth task yourselves.',
      ],
      tasks: [
        'Choose your own set on the Seeds screen, then start a run here. Stop it when ten are accepted.',
        'Look for words of your seeds in the new tasks.',
      ],
      place: { address: '#/generate' },
      explanation: {
        ask: 'What of your seeds do you find again in the new tasks?',
        expected: 'First words, topics and lengths. Often the form comes back, and the sense is lost.',
      },
      say: 'The built-in model is far smaller than the recorded one: it knows the form of a task, and hardly any facts. Laughing is allowed.',
    },
    {
      id: 'own-words',
      title: 'In your own words',
      minutes: 2,
      text: ['You were the author of the seeds, and the judge of what came of seeds.'],
      tasks: ['Write it for a friend who was not here.'],
      explanation: {
        ask: 'What makes a good seed task, and why does it matter?',
        expected:
          'Clear, possible with words, different from others. The model copies its form, so a fault in a seed comes back many times.',
      },
      say: 'Collect one sentence of each pair. The report can be printed.',
    },
  ],
};
