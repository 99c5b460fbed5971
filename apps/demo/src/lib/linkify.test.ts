import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkify } from './linkify.js';

const links = (message: string) => linkify(message).flatMap((s) => (s.kind === 'link' ? [s.href] : []));

describe('linkify', () => {
  it('leaves plain text alone', () => {
    expect(linkify('hello there')).toEqual([{ kind: 'text', text: 'hello there' }]);
    expect(linkify('')).toEqual([]);
  });

  it('finds a link between words', () => {
    expect(linkify('see https://example.com/a?b=1 now')).toEqual([
      { kind: 'text', text: 'see ' },
      { kind: 'link', text: 'https://example.com/a?b=1', href: 'https://example.com/a?b=1' },
      { kind: 'text', text: ' now' },
    ]);
  });

  it.each([
    ['Look at https://example.com/x.', 'https://example.com/x'],
    ['(https://example.com/x)', 'https://example.com/x'],
    ['https://en.wikipedia.org/wiki/Parlor_(room)', 'https://en.wikipedia.org/wiki/Parlor_(room)'],
    ['www.example.com/y!', 'https://www.example.com/y'],
    ['HTTPS://EXAMPLE.COM/Path', 'https://example.com/Path'],
  ])('%s', (message, href) => {
    expect(links(message)).toEqual([href]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,hi', 'file:///etc/passwd', 'http://', 'https://['])(
    'makes no link of %s',
    (message) => {
      expect(links(message)).toEqual([]);
    },
  );

  it('loses no character and links nothing but http and https', () => {
    const noisy = fc.array(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.constantFrom('https://', 'www.', 'javascript:', '<b>', '"', ')', '.', ' '),
      ),
    );
    fc.assert(
      fc.property(noisy, (parts) => {
        const message = parts.join('');
        expect(
          linkify(message)
            .map((s) => s.text)
            .join(''),
        ).toBe(message);
        for (const href of links(message)) expect(href).toMatch(/^https?:\/\//);
      }),
    );
  });

  it('finds every web address that stands alone', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        expect(links(`go to ${url} please`)).toHaveLength(1);
      }),
    );
  });
});
