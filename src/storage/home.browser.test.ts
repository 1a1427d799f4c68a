import { expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { Connection } from './connection';
import { openHome } from './home';

it('goes on to write in a bucket when what opened it is garbage', async () => {
  const home = { name: 'self-instruct-9', bucket: 'self-instruct-9' };
  const connection = new Connection({ home: () => openHome(home), outbox: false });
  await connection.write(['settings'], 'strict', (tx) => tx.put('settings', 1, 'before'));
  // Nothing of this test holds the factory any more.
  await cdp().send('HeapProfiler.collectGarbage');
  await connection.write(['settings'], 'strict', (tx) => tx.put('settings', 2, 'after'));
  expect(await connection.get('settings', 'after')).toBe(2);
  connection.close();
});
