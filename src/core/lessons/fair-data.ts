/** The lesson of 90 minutes: labels, two raters, a finetuning before and after, and who is missing. On the recorded run alone. */
import type { Lesson } from './lesson';

export const FAIR_DATA: Lesson = {
  id: 'fair-data',
  title: 'Labels, raters and fairness',
  about:
    'Two kinds of tasks, two raters and their kappa, a finetuning before and after, a data card, and who is harmed by biased seeds.',
  aims: [
    'Tell a classification task from others, and say why its label is written first.',
    'Work out kappa for two raters, and say why agreement alone is not enough.',
    'Read a training curve and compare a model before and after.',
    'Write what must stand on a data card, and say who is harmed by biased seeds.',
  ],
  terms: [
    {
      word: 'Classification task',
      meaning: 'A task whose answer is one of a few labels, such as yes or no.',
    },
    { word: 'Label', meaning: 'One of those answers.' },
    {
      word: 'Kappa',
      meaning:
        'How much two raters agree beyond chance: 1 is full agreement, 0 is no more than chance, below 0 is less.',
    },
    { word: 'Finetuning', meaning: 'Training a model a little more, on a small set of tasks with answers.' },
    { word: 'Loss', meaning: 'How much the right answers surprise the model. Training makes it smaller.' },
    {
      word: 'Data card',
      meaning: 'A page that says where data come from, what they are for, and what is wrong with them.',
    },
    { word: 'Bias', meaning: 'A leaning to one side that nobody decided on.' },
  ],
  preparation: [
    'Pupils work in pairs. Step 2 needs paper and pencil, half of the class for each way.',
    'In step 3 the two of a pair rate by themselves, one after the other, under two names.',
    'Ratings of the recorded run are gone when it is closed: pupils write their kappa down.',
  ],
  misconceptions: [
    {
      idea: 'Two raters who agree on 8 of 10 agree well.',
      answer: 'Not if both nearly always say yes: chance alone would give more. Kappa takes chance off.',
    },
    {
      idea: 'A smaller loss means a better model.',
      answer:
        'It means that the model has come closer to its training data. Wrong answers are learned just as well.',
    },
    {
      idea: 'A computer has no prejudice.',
      answer: 'It continues what it was shown. What the seeds leave out, it leaves out.',
    },
    {
      idea: 'More data make up for biased seeds.',
      answer: 'The new tasks are made from the seeds. More of them is more of the same.',
    },
  ],
  steps: [
    {
      id: 'two-kinds',
      title: 'Two kinds of tasks',
      minutes: 8,
      text: [
        'A classification task has an answer out of a few: “Does the tale end well or badly?” Others are open: “Invent a new kind of ice cream and tell how it tastes.”',
        '15 of the 60 seed tasks are classification tasks. In the recorded run the model itself decided for each of its own tasks which kind it is.',
      ],
      tasks: ['Find three classification tasks among the seeds.'],
      place: { address: '#/seeds', moment: 0 },
      prediction: {
        ask: 'How many of its 30 tasks did the model call classification tasks?',
        options: ['None', '8, as among the seeds', 'More than 15'],
        answer: 0,
      },
      reveal: {
        text: 'None. The small model said No to all of them.',
        place: { address: '#/pool', moment: 'end' },
      },
      explanation: {
        ask: 'Look for one of its tasks that you would call a classification task. What follows if there is none?',
        expected:
          '“Do you have any enemies?” can be answered with yes or no. A model that is trained on a pool without such tasks does not practise them.',
      },
      hint: 'Which questions can be answered with yes or no?',
      say: 'Let two pupils disagree about one task: the border is not sharp, for people either.',
    },
    {
      id: 'label-order',
      title: 'The text first, or the label first?',
      minutes: 12,
      text: [
        'Somebody has to write examples for the task “Is this review of a film good or bad?” There are two ways.',
        'Way 1: write a review, then its label. Way 2: take a label first, then write a review for it.',
      ],
      tasks: [
        'One half of the class: write four short reviews, then label them.',
        'The other half: toss a coin for the label, then write the review.',
        'Count the labels of each half.',
      ],
      prediction: {
        ask: 'Which way gives both labels more evenly?',
        options: ['The text first', 'The label first', 'Both the same'],
        answer: 1,
      },
      reveal: {
        text: 'The label first. The paper saw that a model which writes the text first leans to one label; so for classification tasks it writes the label first.',
      },
      explanation: {
        ask: 'What did your class find? Why would anyone lean to one label?',
        expected:
          'Often the free half writes more good reviews, or more bad ones. What comes to mind first is not evenly spread; a label given in advance is.',
      },
      hint: 'Think of what comes to mind first.',
      say: 'It may come out even in a class: say so, and count all classes together. The paper writes the label first for classification only, because open tasks have no labels.',
    },
    {
      id: 'two-raters',
      title: 'Two raters',
      minutes: 15,
      text: [
        'How good are the tasks? Ask two people, and see whether they agree. Kappa says how much they agree beyond chance.',
        'An example: two raters each say yes 9 times and no once. They agree on 8 of 10 tasks.',
      ],
      tasks: [
        'Rate the same ten tasks, one after the other and without talking, under two names.',
        'Open “Raters and figures” and write down your kappa.',
      ],
      place: { address: '#/review', moment: 'end' },
      prediction: {
        ask: 'The two raters of the example agree on 8 of 10. Is that good?',
        options: ['Yes, they agree well.', 'No, chance alone would give more.'],
        answer: 1,
      },
      reveal: {
        text: 'By chance alone they would agree on 8.2 of 10, so kappa is below 0: -0.11. In the paper two raters of answers had 0.58.',
      },
      explanation: {
        ask: 'Your kappa, and one task on which you did not agree. Who was right?',
        expected:
          'Usually the questions were read differently, such as what “appropriate” means. Raters need rules, and even then they differ.',
      },
      hint: 'How often do two people agree who both always say yes?',
      say: '9 of 10 times 9 of 10 is 81 of 100 for yes and yes, and 1 of 100 for no and no: 82 of 100.',
    },
    {
      id: 'training',
      title: 'A finetuning',
      minutes: 10,
      text: [
        'The model was trained on the seed tasks and on its own: 91 examples, 48 steps. After each step the loss says how much the right answers surprised it.',
        'At the first step the loss is 2.40.',
      ],
      tasks: ['Predict, then read the last value of the curve.'],
      place: { address: '#/pool', moment: 'end' },
      prediction: {
        ask: 'What is the loss at the last step?',
        options: ['About 2.4 still', '1.55', '0'],
        answer: 1,
      },
      reveal: {
        text: '1.55. It goes up and down on the way, because each step sees other examples.',
        place: { address: '#/finetune', moment: 'end' },
      },
      explanation: {
        ask: 'The loss is smaller. What does that say about wrong answers among the examples?',
        expected:
          'Nothing: they are learned like the right ones. The loss compares with the examples, not with the truth.',
      },
      hint: 'The dog with three legs is one of the examples.',
      say: 'Follow the curve with a finger. Ask why it is not smooth: eight examples a step, and some are harder.',
    },
    {
      id: 'before-after',
      title: 'Before and after',
      minutes: 12,
      text: [
        'Four models got the same new tasks. One of them: “Is the father working inside or outside?” with the input “Dad is cutting the grass.”',
        'The untrained model answered: “The father is cutting the grass.”',
      ],
      tasks: ['Predict, then find this task among the answers.'],
      place: { address: '#/finetune', moment: 'end' },
      prediction: {
        ask: 'Which model answers just “Outside”?',
        options: [
          'The untrained one, with another prompt',
          'The one trained on the seed tasks',
          'The one trained on the seed tasks and its own',
        ],
        answer: 1,
      },
      reveal: {
        text: 'The one trained on the seed tasks: “Outside”, scored 1.00. With its own tasks as well it says “He is outside.”, scored 0.50.',
        place: { address: '#/evaluate', moment: 'end' },
      },
      explanation: {
        ask: 'Both say the same. Is the score fair? How would you score them?',
        expected:
          'ROUGE-L compares words with the expected answer. A person would give both full marks. A score is cheap, and people are needed where it matters.',
      },
      hint: 'Count the words that both share with “Outside”.',
      say: 'Let pupils find an answer that is right and scores badly, and one that is wrong and scores well.',
    },
    {
      id: 'data-card',
      title: 'A card for the data',
      minutes: 8,
      text: [
        'Whoever gets a data set should know what it is: who wrote the seeds, which model wrote the rest, which filters were used, what was not checked, and what it must not be used for.',
        'The app writes such a card beside the data.',
      ],
      tasks: ['Open the preview of the card and read it. What does a stranger still not know?'],
      place: { address: '#/export?format=passport', moment: 'end' },
      explanation: {
        ask: 'Write two sentences that must stand on the card of this data set.',
        expected:
          'For example: a small model wrote it and nobody checked the answers. It has no classification tasks, and many answers are wrong.',
      },
      say: 'Compare with the list on a food packet: it does not make the food better, but one knows.',
    },
    {
      id: 'who-is-missing',
      title: 'Who is missing?',
      minutes: 15,
      text: [
        'The model makes new tasks from the seeds. Two of the 60 seed tasks begin with “You”; of its own 30 tasks, 6 do. What the seeds have, comes back. What they do not have, hardly comes at all.',
        'Now think of seeds in which every doctor is a man, every nurse a woman, and every family has a house with a garden.',
      ],
      tasks: [
        'In your group: take one person (a girl who wants to be a doctor, a boy who cares for his sister, a family in one room) and say how a helper trained on such tasks would talk to that person.',
        'Look through the 60 seeds: who does not appear?',
      ],
      place: { address: '#/seeds', moment: 'end' },
      explanation: {
        ask: 'Who is harmed by biased seeds, and how could one notice it before training?',
        expected:
          'Those who do not appear, or only in one role. Count roles, names and topics in the seeds and in the pool; let different people write seeds; say on the card what is missing.',
      },
      hint: 'Count: in how many seeds does somebody work, and who?',
      say: 'Do not hurry here. Some pupils will know it from their own life. Nobody has to tell.',
    },
    {
      id: 'what-goes-wrong',
      title: 'What went wrong today',
      minutes: 6,
      text: [
        'You have seen: tasks that are nearly copies, statements that ask for nothing, a good task stopped by a rule, wrong answers that were accepted, and a pool that lacks a whole kind of task.',
      ],
      tasks: ['In your pair, order these faults: which is the worst?'],
      explanation: {
        ask: 'Which fault is the worst, and who should stop it: the model, a filter, or a person?',
        expected:
          'There is no single right order. Wrong answers and missing people are found by no filter here; they need people.',
      },
      say: 'Let two pairs with different orders argue. Ask for the reason, not for the order.',
    },
    {
      id: 'own-words',
      title: 'In your own words',
      minutes: 4,
      text: ['Labels, raters, training, fairness: all of it began with the tasks that somebody wrote.'],
      tasks: ['Write it for somebody who wants to train a model.'],
      explanation: {
        ask: 'Which three pieces of advice do you give?',
        expected:
          'For example: let different people write the seeds, let two people rate a sample, and say on the card what was not checked.',
      },
      say: 'Collect one piece of advice of each pair at the board. The report can be printed.',
    },
  ],
};
