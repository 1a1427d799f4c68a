/** A tab that deletes a run: it says that it is ready, and begins when it is told the run's id. */
import type { RunId } from '../core/task';
import { IdbRunStore } from '../storage/idb-run-store';

const store = new IdbRunStore();
self.onmessage = ({ data }: MessageEvent<RunId>) => {
  void store.deleteRun(data).then(() => self.postMessage('deleted'));
};
void store.latestRuns(1).then(() => self.postMessage('ready'));
