/**
 * Kills the browser at random moments of everything that the app stores, resumes, and compares with what was never
 * killed. All that is random comes from the seed, so that one round can be repeated.
 */
import { deriveSeed, Random } from '../../src/core/random';
import { KilledApp } from './killed-app';
import type { Stored } from './page-tools';
import { type ProfileOptions, Profiles } from './profiles';
import { Acknowledged, canonical, differences, doubled, orphans, torn } from './stored-checks';
import { type Materials, type Subject, SUBJECTS } from './subjects';

export interface CampaignOptions extends ProfileOptions {
  readonly kills: number;
  readonly seed: number;
  /** When no other round is begun, in milliseconds since 1970. */
  readonly until?: number;
  /** Only this round. */
  readonly round?: number;
  readonly tell: (line: string) => void;
}

export interface Campaign {
  readonly kills: number;
  readonly rounds: number;
  /** Kills by the stage that they came in. */
  readonly stages: Readonly<Record<string, number>>;
  /** Rows whose transaction the page had seen end before a kill. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly torn: number;
  readonly doubled: number;
  /** Rows of runs without a record, when a round ended. */
  readonly leftOver: number;
  /** Every difference, with the round that shows it again. */
  readonly defects: readonly string[];
}

/** The end of a work that was never killed. */
interface Reference {
  /** The browser's profile then. */
  readonly profile: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly files: readonly string[];
}

/** Kills at most of each subject's first round, so that few kills reach all of them. */
const FIRST_KILLS = 3;
/** Of a difference of many rows the first are told. */
const TOLD = 3;
const WIDTH = 300;

export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const profiles = new Profiles(options);
  try {
    return await new Rounds(options, profiles, await profiles.materials()).run();
  } finally {
    profiles.close();
  }
}

class Rounds {
  #visited: Promise<string> | null = null;
  readonly #references = new Map<Subject, Promise<Reference>>();
  readonly #stages: Record<string, number> = {};
  readonly #defects: string[] = [];
  readonly #counts = { kills: 0, acknowledged: 0, lost: 0, torn: 0, doubled: 0, leftOver: 0 };

  constructor(
    private readonly options: CampaignOptions,
    private readonly profiles: Profiles,
    private readonly materials: Materials,
  ) {}

  async run(): Promise<Campaign> {
    const { kills, round, until = Infinity } = this.options;
    let rounds = 0;
    if (round !== undefined) {
      await this.#round(round, Infinity);
      rounds = 1;
    } else {
      while (this.#counts.kills < kills && Date.now() < until)
        await this.#round(rounds++, kills - this.#counts.kills);
    }
    return { ...this.#counts, rounds, stages: this.#stages, defects: this.#defects };
  }

  async #round(index: number, left: number): Promise<void> {
    const random = new Random(deriveSeed(this.options.seed, 'round', index));
    // The first rounds take each subject once; then chance takes them by their weight.
    const subject = SUBJECTS[index] ?? drawn(random);
    const most = index < SUBJECTS.length ? Math.min(subject.kills, FIRST_KILLS) : subject.kills;
    const kills = Math.min(1 + random.below(most), left);
    const defect = (what: string): void => {
      const line = `round ${index} (${subject.name}): ${what}`;
      this.#defects.push(line);
      this.options.tell(`DEFECT ${line}`);
    };
    const known = new Acknowledged();
    let profile = '';
    let app: KilledApp | null = null;
    try {
      const reference = await this.#reference(subject);
      profile = await this.#start(subject);
      app = await this.#open(subject, profile, known);
      for (let kill = 0; kill < kills; kill++) {
        await app.begin(this.materials);
        const stage = await app.killAtRandom(random);
        // There is nothing left to kill.
        if (stage === null) break;
        this.#stages[stage] = (this.#stages[stage] ?? 0) + 1;
        this.#counts.kills++;
        app = await this.#open(subject, profile, known);
        await this.#check(subject, await app.stored(false), known, reference, defect);
      }
      if (!subject.undoes) {
        await app.begin(this.materials);
        await app.untilEnded();
        this.#compare(await app.stored(true), await app.files(), reference, defect);
      }
      for (const error of app.errors) defect(`the page threw ${error}`);
    } catch (error) {
      defect(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    this.#counts.acknowledged += known.count;
    await app?.kill();
    this.profiles.remove(profile);
    // What was counted so far, as a campaign may end before its end.
    const counted = JSON.stringify({ ...this.#counts, stages: this.#stages });
    this.options.tell(`round ${index}: ${subject.name}; in all ${counted}`);
  }

  async #open(subject: Subject, profile: string, known?: Acknowledged): Promise<KilledApp> {
    const browser = await this.profiles.launch(profile);
    return KilledApp.open(subject, browser, this.options.url, (rows) => known?.take(rows));
  }

  /** After each kill: what was acknowledged is there, and no transaction is there in part. */
  async #check(
    subject: Subject,
    stored: Stored,
    known: Acknowledged,
    reference: Reference,
    defect: (what: string) => void,
  ): Promise<void> {
    const found = { lost: known.missing(stored), torn: torn(stored), doubled: doubled(stored) };
    for (const kind of ['lost', 'torn', 'doubled'] as const) {
      this.#counts[kind] += found[kind].length;
      if (found[kind].length > 0) defect(`${kind}: ${shown(found[kind])}`);
    }
    if (!subject.atOnce) return;
    const before = subject.undoes ? (await this.#reference(named(subject.undoes))).after : reference.before;
    const now = canonical(stored);
    const half = [before, reference.after].map((allowed) => differences(allowed, now));
    if (half.some(({ length }) => length === 0)) return;
    this.#counts.torn++;
    defect(`neither as before nor as after it: ${half.map(shown).join(' OR ')}`);
  }

  /** At the end of a round: the same as without a kill. */
  #compare(
    stored: Stored,
    files: readonly string[],
    reference: Reference,
    defect: (what: string) => void,
  ): void {
    this.#counts.leftOver += orphans(stored);
    const different = differences(reference.after, canonical(stored));
    if (different.length > 0) defect(`differs from the end without a kill: ${shown(different)}`);
    for (const [i, file] of files.entries())
      if (file !== reference.files[i]) defect(`file ${i + 1} differs from the one without a kill`);
  }

  /** The profile that a subject begins with. */
  async #start({ from }: Subject): Promise<string> {
    const { profile } = from
      ? await this.#reference(named(from))
      : { profile: await (this.#visited ??= this.profiles.visited()) };
    return this.profiles.copy(profile);
  }
  #reference(subject: Subject): Promise<Reference> {
    let made = this.#references.get(subject);
    if (!made) this.#references.set(subject, (made = this.#unkilled(subject)));
    return made;
  }
  async #unkilled(subject: Subject): Promise<Reference> {
    const profile = await this.#start(subject);
    const app = await this.#open(subject, profile);
    const before = canonical(await app.stored(true));
    await app.begin(this.materials);
    await app.untilEnded();
    const after = canonical(await app.stored(true));
    const files = await app.files();
    await app.close();
    return { profile, before, after, files };
  }
}

function drawn(random: Random): Subject {
  const weights = SUBJECTS.flatMap((subject) => Array<Subject>(subject.weight).fill(subject));
  const subject = weights[random.below(weights.length)];
  if (!subject) throw new Error('There is nothing to kill.');
  return subject;
}
function named(name: string): Subject {
  const subject = SUBJECTS.find((one) => one.name === name);
  if (!subject) throw new Error(`There is no subject ${name}.`);
  return subject;
}
const shown = (lines: readonly string[]): string => {
  const first = lines.slice(0, TOLD).map((line) => line.slice(0, WIDTH));
  return lines.length > TOLD ? `${first.join(' | ')} and ${lines.length - TOLD} more` : first.join(' | ');
};
