import { expect, test } from '@playwright/test';
import { App, SCREENS } from './app';

test('a run sends nothing anywhere and breaks no rule of the strict policy', async ({
  context,
  page,
  baseURL,
}) => {
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  await page.addInitScript(() => {
    const found: string[] = [];
    Object.assign(window, { violations: found });
    document.addEventListener('securitypolicyviolation', (event) => {
      found.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const response = await page.goto('/');
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).not.toContain("'unsafe-inline'");
  expect(policy).not.toContain("'unsafe-eval'");
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveCount(1);

  const app = new App(page);
  await app.startRun({ target: 2, seed: 2 });
  await app.untilStatus('finished');
  for (const screen of SCREENS) await app.go(screen);

  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
  expect(requests.length).toBeGreaterThan(5);
  const foreign = requests.filter((url) => !url.startsWith(baseURL ?? '') && !url.startsWith('blob:'));
  expect(foreign).toEqual([]);
});

test('the policy stops inline code, and code, pictures, frames and forms from elsewhere', async ({
  page,
}) => {
  await new App(page).open();
  const here = page.url();
  await page.evaluate(() => {
    const elsewhere = 'https://example.org';
    const stopped = new Set<string>();
    Object.assign(window, { stopped });
    document.addEventListener('securitypolicyviolation', (event) => stopped.add(event.effectiveDirective));
    // Text nodes are no sink of trusted types: what is left to stop it is the rule against inline code.
    const script = document.createElement('script');
    script.append('window.inlineRan = true');
    document.body.append(script);
    // Trusted types stop this address before the browser asks for it.
    try {
      Object.assign(document.createElement('script'), { src: `${elsewhere}/a.js` });
    } catch {
      stopped.add('trusted-types');
    }
    for (const [tag, attributes] of [
      ['img', { src: `${elsewhere}/a.png` }],
      ['iframe', { src: elsewhere }],
      ['link', { rel: 'stylesheet', href: `${elsewhere}/a.css` }],
    ] as const) {
      document.body.append(Object.assign(document.createElement(tag), attributes));
    }
    const form = Object.assign(document.createElement('form'), { action: elsewhere, method: 'post' });
    document.body.append(form);
    form.submit();
  });
  const stopped = (): Promise<string[]> =>
    page.evaluate(() => [...(window as unknown as { stopped: Set<string> }).stopped].sort());
  await expect
    .poll(stopped)
    .toEqual(['form-action', 'frame-src', 'img-src', 'style-src-elem', 'trusted-types']);
  expect(await page.evaluate(() => 'inlineRan' in window)).toBe(false);
  expect(page.url()).toBe(here);
});

test('text becomes neither markup nor the address of code', async ({ page }) => {
  await new App(page).open();
  const outcome = await page.evaluate(() => {
    const refused = (work: () => unknown): boolean => {
      try {
        work();
        return false;
      } catch (error) {
        return error instanceof TypeError;
      }
    };
    return {
      markup: refused(() => (document.createElement('div').innerHTML = '<b>bold</b>')),
      frame: refused(() => (document.createElement('iframe').srcdoc = '<b>bold</b>')),
      elsewhere: refused(() => new Worker('https://example.org/worker.js')),
      inItself: refused(() => new Worker('data:text/javascript,0')),
      blob: refused(() => new Worker(URL.createObjectURL(new Blob(['0'])))),
      script: refused(() => Object.assign(document.createElement('script'), { text: '0' })),
      policy: refused(() =>
        (
          window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }
        ).trustedTypes.createPolicy('another', { createHTML: (html: string) => html }),
      ),
    };
  });
  expect(outcome).toEqual({
    markup: true,
    frame: true,
    elsewhere: true,
    inItself: true,
    blob: true,
    script: true,
    policy: true,
  });
});
