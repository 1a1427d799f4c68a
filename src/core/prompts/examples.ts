/** Our own few-shot examples, in simple English. None equals a seed task or a held-out task (a test sees to it). */
import type { Instance } from '../task';

/** Instruction, and whether it is a classification task. 12 yes and 19 no; every beginning is balanced. */
export const CLASSIFICATION_EXAMPLES: readonly (readonly [string, boolean])[] = [
  ['Is the mood of this message cheerful or gloomy?', true],
  ['Write a short story about a snail that wants to fly.', false],
  ['Tell me whether this dish is sweet, salty or sour.', true],
  ['Give three tips for packing a small bag.', false],
  ['Decide if the sentence is a question or an order.', true],
  ['Shorten this letter to two sentences.', false],
  ['Name the season in which this happens: spring, summer, autumn or winter.', true],
  ['Explain how to fold a paper boat.', false],
  ['Translate this greeting into French.', false],
  ['Say whether the two sentences mean the same thing. Answer yes or no.', true],
  ['Invent a name for a shop that repairs old radios.', false],
  ['Which of these is the odd one out: plant, animal or tool?', true],
  ['Make a shopping list for a picnic of six people.', false],
  ['Is this review of a hotel good, bad or mixed?', true],
  ['Describe the smell of rain to someone who has never met it.', false],
  ['Put these words in alphabetical order.', false],
  ['Sort this news headline into sport, politics or weather.', true],
  ['Write a polite reply that turns down this invitation.', false],
  ['List the steps for washing a woollen jumper.', false],
  ['Tell whether the number is even or odd.', true],
  ['Continue this poem with two more lines.', false],
  ['Suggest a gift for a neighbour who likes gardening.', false],
  ['Is the speaker of this sentence a child or a grown-up?', true],
  ['Correct the spelling mistakes in this paragraph.', false],
  ['Find the sum of all numbers in this text.', false],
  ['Say if this email is spam or not.', true],
  ['Tell a joke about a lazy cat.', false],
  ['Compare travelling by train with travelling by bus.', false],
  ['Does this job need tools or only talking?', true],
  ['Write a headline for this report.', false],
  ['Give the opposite of each adjective.', false],
];

interface InstanceExample {
  readonly instruction: string;
  readonly instances: readonly Instance[];
}

/** Input-first examples; 4 of the 11 need no input. */
export const INPUT_FIRST_EXAMPLES: readonly InstanceExample[] = [
  {
    instruction: 'Turn the sentence into a question.',
    instances: [
      { input: 'The bus stops at the bridge.', output: 'Does the bus stop at the bridge?' },
      { input: 'Mia can swim.', output: 'Can Mia swim?' },
    ],
  },
  {
    instruction: 'Name three things you can do on a rainy afternoon.',
    instances: [{ input: '', output: 'You can read a book, bake a cake or play cards.' }],
  },
  {
    instruction: 'Write one sentence that uses both words.',
    instances: [
      { input: 'moon, ladder', output: 'He leaned the ladder on the wall to look at the moon.' },
      { input: 'soup, letter', output: 'She read the letter while the soup grew cold.' },
    ],
  },
  {
    instruction: 'Write a short wish for a friend who starts a new job.',
    instances: [{ input: '', output: 'Good luck in your new job. I am sure they will like you at once.' }],
  },
  {
    instruction: 'Tell in a few words what the text is about.',
    instances: [
      {
        input:
          'The library will be closed on Monday because the roof must be repaired. It opens again on Tuesday.',
        output: 'The library is closed on Monday for repairs.',
      },
    ],
  },
  {
    instruction: 'Give the past tense of the verb.',
    instances: [
      { input: 'run', output: 'ran' },
      { input: 'bring', output: 'brought' },
      { input: 'open', output: 'opened' },
    ],
  },
  {
    instruction: 'Describe how to make tea for two people.',
    instances: [
      {
        input: '',
        output:
          'Boil half a litre of water. Put two tea bags in a pot, pour the water on them and wait four minutes.',
      },
    ],
  },
  {
    instruction: 'Answer the question with one full sentence.',
    instances: [{ input: 'Where do bees keep their honey?', output: 'Bees keep their honey in the hive.' }],
  },
  {
    instruction: 'Rewrite the note so that it sounds polite.',
    instances: [
      { input: 'Bring my book back.', output: 'Could you please bring my book back when you have time?' },
    ],
  },
  {
    instruction: 'Invent a riddle whose answer is a key.',
    instances: [
      { input: '', output: 'I have teeth but never bite, and without me the door stays shut. What am I?' },
    ],
  },
  {
    instruction: 'Count the words in the sentence.',
    instances: [
      { input: 'Birds sing.', output: '2' },
      { input: 'We walked home slowly.', output: '4' },
    ],
  },
];

/** Output-first examples: one to four labels each. */
export const OUTPUT_FIRST_EXAMPLES: readonly InstanceExample[] = [
  {
    instruction: 'Is the mood of this message cheerful or gloomy?',
    instances: [
      { output: 'Cheerful', input: 'We won the game and danced all the way home!' },
      { output: 'Gloomy', input: 'Nobody came to my party and it rained all day.' },
    ],
  },
  {
    instruction: 'Tell me whether this dish is sweet, salty or sour.',
    instances: [
      { output: 'Sweet', input: 'a pancake with honey' },
      { output: 'Salty', input: 'a plate of crisps' },
      { output: 'Sour', input: 'a glass of lemon juice' },
    ],
  },
  {
    instruction: 'Decide if the sentence is a question or an order.',
    instances: [
      { output: 'Question', input: 'Where did you leave the keys?' },
      { output: 'Order', input: 'Shut the window before you go.' },
    ],
  },
  {
    instruction: 'Name the season in which this happens: spring, summer, autumn or winter.',
    instances: [
      { output: 'Spring', input: 'The first flowers come out of the ground.' },
      { output: 'Summer', input: 'We swim in the lake every evening.' },
      { output: 'Autumn', input: 'The leaves turn red and fall.' },
      { output: 'Winter', input: 'The children build a snowman.' },
    ],
  },
  {
    instruction: 'Say whether the two sentences mean the same thing. Answer yes or no.',
    instances: [
      { output: 'Yes', input: 'The shop is closed. The shop is not open.' },
      { output: 'No', input: 'He sold the car. He washed the car.' },
    ],
  },
  {
    instruction: 'Is this review of a hotel good, bad or mixed?',
    instances: [
      { output: 'Good', input: 'A quiet room and a lovely breakfast.' },
      { output: 'Bad', input: 'Cold water, dirty towels, and nobody said sorry.' },
      { output: 'Mixed', input: 'The bed was soft, but the street was loud.' },
    ],
  },
  {
    instruction: 'Sort this news headline into sport, politics or weather.',
    instances: [
      { output: 'Sport', input: 'Home team wins the cup in the last minute' },
      { output: 'Politics', input: 'Mayor asks the council for a new school' },
      { output: 'Weather', input: 'Storm expected on the coast tonight' },
    ],
  },
  {
    instruction: 'Tell whether the number is even or odd.',
    instances: [
      { output: 'Even', input: '48' },
      { output: 'Odd', input: '7' },
    ],
  },
  {
    instruction: 'Is the speaker of this sentence a child or a grown-up?',
    instances: [
      { output: 'Child', input: 'My teacher gave me a gold star today.' },
      { output: 'Grown-up', input: 'I have to pay the rent on Friday.' },
    ],
  },
  {
    instruction: 'Say if this email is spam or not.',
    instances: [
      { output: 'Spam', input: 'You have won a million. Send us your card number now.' },
      { output: 'Not spam', input: 'Hi Tom, the meeting moves to three. See you, Ann.' },
    ],
  },
  {
    instruction: 'Does this job need tools or only talking?',
    instances: [
      { output: 'Tools', input: 'plumber' },
      { output: 'Only talking', input: 'tour guide' },
    ],
  },
  {
    instruction: 'Pick the right kind of place: indoors or outdoors.',
    instances: [
      { output: 'Indoors', input: 'We sat by the fire and listened to the clock.' },
      { output: 'Outdoors', input: 'The wind took my hat across the field.' },
    ],
  },
  {
    instruction: 'Does the text speak of the past, the present or the future?',
    instances: [
      { output: 'Past', input: 'We moved here ten years ago.' },
      { output: 'Present', input: 'She is painting the fence.' },
      { output: 'Future', input: 'They will visit us in May.' },
    ],
  },
  {
    instruction: 'Find out whether the statement about the day is true. Answer true or false.',
    instances: [{ output: 'True', input: 'A day has twenty-four hours.' }],
  },
  {
    instruction: 'What colour is meant: red, green or yellow?',
    instances: [
      { output: 'Red', input: 'a ripe strawberry' },
      { output: 'Green', input: 'fresh grass' },
      { output: 'Yellow', input: 'the yolk of an egg' },
    ],
  },
  {
    instruction: 'Is the person in a hurry or not?',
    instances: [
      { output: 'In a hurry', input: 'Quick, the train leaves in two minutes!' },
      { output: 'Not in a hurry', input: 'Let us have another cup of coffee.' },
    ],
  },
];
