import { describe, expect, it } from 'vitest';
import { stopNewService } from './services.mjs';

/** What was run and said when the package has been installed. */
async function after(systemd: boolean, code = 0) {
  const ran: string[] = [];
  const said: string[] = [];
  const run = (file: string, args: string[] = []) => {
    ran.push([file, ...args].join(' '));
    return Promise.resolve({ code, out: 'Failed to disable unit' });
  };
  await stopNewService('coturn', (text: string) => said.push(text), { systemd, run });
  return { ran, said: said.join('\n') };
}

describe('stopNewService', () => {
  it('ends the service, now and for later boots', async () => {
    const { ran, said } = await after(true);
    expect(ran).toEqual(['systemctl disable --now coturn']);
    expect(said).toContain('coturn');
    expect(said).not.toContain('could not');
  });

  it('does nothing where no systemd has started anything', async () => {
    expect(await after(false)).toEqual({ ran: [], said: '' });
  });

  it('says what to do when it cannot, and goes on', async () => {
    const { said } = await after(true, 1);
    expect(said).toMatch(/by hand: systemctl disable --now coturn\n.*Failed to disable unit/);
  });
});
