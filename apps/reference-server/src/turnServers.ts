import { z } from 'zod';
import { isUrlOf } from './values.js';

const TurnUrl = z
  .string()
  .refine((url) => isUrlOf(url, ['turn', 'turns']), 'must be a URL like turn:eu.example.org:3478');

const Servers = z
  .array(
    z.strictObject({
      urls: z.union([TurnUrl, z.array(TurnUrl).min(1)]),
      secret: z.string().min(1).optional(),
      username: z.string().min(1).optional(),
      credential: z.string().min(1).optional(),
      region: z.string().min(1).optional(),
      weight: z.number().positive().optional(),
      networks: z.array(z.union([z.cidrv4(), z.cidrv6()], 'must be a network like 192.0.2.0/24')).optional(),
    }),
  )
  .min(1);

/** `PARLOR_TURN_SERVERS`: JSON, because a server has more to it than fits between commas. */
export const turnServerList = z.string().transform((text, context) => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text, and there are secrets in it.
    context.addIssue('must be JSON like [{"urls": "turn:eu.example.org:3478", "region": "eu"}]');
    return z.NEVER;
  }
  const parsed = Servers.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    context.addIssue(`is wrong at ${path.length > 0 ? path.join('.') : 'its top'}: ${message}`);
  }
  return z.NEVER;
});
