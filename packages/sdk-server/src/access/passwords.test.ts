import { describe, expect, it } from 'vitest';
import { hashPassword, isPassword } from './passwords.js';

describe('passwords', () => {
  it('are known again by their hash, which does not contain them', async () => {
    const hash = await hashPassword('123456');
    expect(hash).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(hash).not.toContain('123456');
    expect(await isPassword('123456', hash)).toBe(true);
    for (const wrong of ['', '12345', '1234567', '123457', '１２３４５６', 'x'.repeat(10_000)])
      expect(await isPassword(wrong, hash)).toBe(false);
  });

  it('have another hash each time', async () => {
    expect(await hashPassword('abcdef')).not.toBe(await hashPassword('abcdef'));
  });

  it('are the same whatever way a keyboard writes them', async () => {
    expect(await isPassword('caf\u0065\u0301s', await hashPassword('caf\u00e9s'))).toBe(true);
  });

  it.each(['', '123456', 'plain$1$2$3$a$b', 'scrypt$16384$8$1$salt$'])(
    'are not compared with %j',
    async (hash) => {
      await expect(isPassword('123456', hash)).rejects.toThrow(/no hash/);
    },
  );

  it('are hashed as RFC 7914 says', async () => {
    // §12, the third vector.
    const salt = Buffer.from('SodiumChloride').toString('base64url');
    const key = Buffer.from(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
        'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
      'hex',
    ).toString('base64url');
    expect(await isPassword('pleaseletmein', `scrypt$16384$8$1$${salt}$${key}`)).toBe(true);
  });
});
