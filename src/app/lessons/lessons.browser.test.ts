import '../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { WebLocks } from '../../browser/writer-locks';
import { HOMEWORK } from '../../core/lessons/homework';
import { answerOf } from '../../core/lessons/lesson-progress';
import { LessonProgressStore } from '../../core/lessons/lesson-progress-store';
import { play } from '../../playback/play';
import { IdbRunStore } from '../../storage/idb-run-store';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { AppState, type Playing } from '../app-state.svelte';
import LessonPanel from './LessonPanel.svelte';
import { LessonSession } from './lesson-session.svelte';

let store: IdbRunStore;
let app: AppState;
beforeEach(async () => {
  sessionStorage.clear();
  location.hash = '#/start';
  await deleteDatabase();
  await page.viewport(1280, 900);
  store = new IdbRunStore();
});
afterEach(() => {
  app.playing?.close();
  store.close();
});
/** The app of a tab, as main.ts makes it. */
function tab(): AppState {
  const services = { ...quietServices(store), locks: new WebLocks() };
  return new AppState(services, (file, signal) =>
    play(services, file ?? '/recordings/standard.recording', signal),
  );
}
/** It is fetched, and begun again to go back. */
const recordingAt = async (time: number): Promise<void> => {
  await expect.poll(() => app.playing?.time, { timeout: 20_000 }).toBe(time);
};
const [first, second] = HOMEWORK.steps;
const heading = (title = ''): ReturnType<typeof page.getByRole> =>
  page.getByRole('heading', { name: title, level: 2 });

it('asks first, then shows what happens on the recorded run, and keeps what was said over a reload', async () => {
  app = tab();
  app.lesson = 'homework';
  const { unmount } = await render(LessonPanel, { app });
  await expect.element(heading(first?.title)).toBeVisible();
  await recordingAt(0);
  await expect.poll(() => location.hash).toBe('#/generate');

  const see = page.getByRole('button', { name: 'See what happens' });
  await expect.element(see).toBeDisabled();
  await expect.element(page.getByRole('textbox')).not.toBeInTheDocument();
  await page.getByRole('radio', { name: 'It writes more tasks.' }).click();
  await see.click();
  await expect.element(page.getByText('You predicted it.')).toBeVisible();
  await recordingAt(2450);
  await expect.element(page.getByRole('radio', { name: 'It answers the eight tasks.' })).toBeDisabled();
  await page.getByRole('textbox').fill('It goes on.');
  await page.getByRole('button', { name: 'Next step' }).click();
  await expect.element(heading(second?.title)).toHaveFocus();
  const stored = async (): Promise<unknown> => {
    const progress = await new LessonProgressStore(store).read('homework');
    return [progress?.step, answerOf(progress ?? null, first?.id ?? '')];
  };
  await expect.poll(stored).toEqual([second?.id, { predicted: 1, seen: true, explained: 'It goes on.' }]);

  // The tab is loaded again: the lesson and its recorded run open by themselves.
  await unmount();
  app.playing?.close();
  location.hash = '#/start';
  app = tab();
  expect(app.lesson).toBe('homework');
  await render(LessonPanel, { app });
  await expect.element(heading(second?.title)).toBeVisible();
  await recordingAt(2450);
  await page.getByRole('button', { name: 'Step back' }).click();
  await expect.element(page.getByRole('textbox')).toHaveValue('It goes on.');
});

it('is left with one click and then opens nothing', async () => {
  app = tab();
  app.lesson = 'homework';
  await render(LessonPanel, { app });
  await recordingAt(0);
  await page.getByRole('button', { name: 'Leave the lesson' }).click();
  expect(app.lesson).toBeNull();
  expect(tab().lesson).toBeNull();
});

/** A lesson over a recorded run whose fetch and whose first long way last until they are let go. */
function slowTab(): {
  session: LessonSession;
  play: () => void;
  arrive: () => void;
  asked: () => [number, number];
} {
  let fetches = 0;
  let moves = 0;
  let play = (): void => undefined;
  let arrive = (): void => undefined;
  const playing = {
    total: 60_000,
    pause: () => undefined,
    close: () => undefined,
    // As Playback: a later wish is taken along, and its caller does not wait.
    moveTo: () => (++moves === 2 ? new Promise<void>((resolve) => (arrive = resolve)) : Promise.resolve()),
  } as unknown as Playing;
  app = new AppState(
    quietServices(store),
    (_, signal) =>
      new Promise((resolve, reject) => {
        fetches += 1;
        play = () => resolve(playing);
        signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
      }),
  );
  return {
    session: app.lasting(LessonSession),
    play: () => play(),
    arrive: () => arrive(),
    asked: () => [fetches, moves],
  };
}

it('stays at the step that was asked for last, also when the way to the one before ends later', async () => {
  const { session, play: opened, arrive, asked } = slowTab();
  app.lesson = 'homework';
  const begun = session.open('homework');
  await expect.poll(asked).toEqual([1, 0]);
  // The first step is still on its way.
  const threshold = session.goTo(4);
  await expect.poll(asked).toEqual([2, 0]);
  opened();
  await begun;
  await expect.poll(asked).toEqual([2, 1]);
  await threshold;
  expect(location.hash).toBe('#/decisions');
  const before = session.goTo(3);
  await expect.poll(asked).toEqual([2, 2]);
  await session.goTo(5);
  expect(location.hash).toBe('#/pool');
  arrive();
  await before;
  expect(location.hash).toBe('#/pool');
});

it('opens nothing once it was left, and another lesson can be begun meanwhile', async () => {
  const { session, play: opened, asked } = slowTab();
  app.lesson = 'homework';
  const begun = session.open('homework');
  await expect.poll(asked).toEqual([1, 0]);
  session.close();
  opened();
  await begun;
  expect(app.playing).toBeNull();
  expect(location.hash).toBe('#/start');

  app.lesson = 'homework';
  void session.open('homework');
  await expect.poll(asked).toEqual([2, 0]);
  app.lesson = 'fair-data';
  void session.open('fair-data');
  await expect.poll(() => session.lesson?.id).toBe('fair-data');
});

it('begins anew when its answers are removed while it is open', async () => {
  const { session, asked } = slowTab();
  const progress = new LessonProgressStore(store);
  app.lesson = 'homework';
  void session.open('homework');
  await expect.poll(asked).toEqual([1, 0]);
  await session.predict(1);
  await progress.change('homework', () => undefined);
  await expect.poll(() => session.answer.predicted).toBeNull();
  await session.explain('It goes on.');
  expect(answerOf((await progress.read('homework')) ?? null, first?.id ?? '')).toEqual({
    predicted: null,
    seen: false,
    explained: 'It goes on.',
  });
});
