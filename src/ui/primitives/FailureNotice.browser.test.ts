import '../../app.css';
import { afterEach, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { failureOf } from '../../core/errors';
import FailureNotice from './FailureNotice.svelte';

const HOSTILE = '<img src=x onerror="window.hacked = true">';
const failure = failureOf(new TypeError(HOSTILE));
const button = page.getByRole('button', { name: 'Copy details' });

afterEach(() => vi.restoreAllMocks());

it('copies what is known of a fault of the program, by the keyboard, and says so', async () => {
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await render(FailureNotice, { failure });
  await expect
    .element(page.getByRole('alert'))
    .toHaveTextContent(/bug in the app.*Every finished request is stored/u);
  await expect.element(page.getByRole('alert')).toHaveTextContent(HOSTILE);
  button.element().focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('status')).toHaveTextContent('Copied.');
  const copied = write.mock.calls[0]?.[0];
  expect(copied).toContain(`TypeError: ${HOSTILE}`);
  expect(copied).toContain('FailureNotice.browser.test');
  expect(copied).toContain(navigator.userAgent);
});

it('shows the details to be selected where the page may not copy', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('no', 'NotAllowedError'));
  await render(FailureNotice, { failure });
  await button.click();
  const details = page.getByRole('textbox', { name: 'Error details' });
  await expect.element(details).toHaveValue(expect.stringContaining(`TypeError: ${HOSTILE}`) as string);
  await details.click();
  expect(document.getSelection()?.toString()).toContain('FailureNotice.browser.test');
});

it('offers no details of other failures', async () => {
  await render(FailureNotice, { failure: { kind: 'storage-unavailable', detail: 'gone' } });
  await expect.element(page.getByRole('alert')).toHaveTextContent('gone');
  await expect.element(button).not.toBeInTheDocument();
});
